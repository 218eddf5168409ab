import { parseLosslessJson } from '../../../src/domain/values/lossless-json.ts';
import type { Value, ValueObject } from '../../../src/domain/values/value.ts';
import type { SampleQuestion, StepRange } from '../../../src/ports/telemetry-columns.ts';

export interface ModelLine {
  readonly number: number;
  readonly text: string;
}

/** What a sample is, said over plain lists: slow, and easy to see through. */
export function modelSample(lines: readonly ModelLine[], question: SampleQuestion) {
  const { keys, also = [], samples } = question;
  const found = foundLines(lines, question);
  const places = found.length <= samples ? [...found.keys()] : picked(found, question);
  const rows = places.map((place) => {
    const { number, row } = found[place]!;
    return { line: number, values: [...keys, ...also].map((key) => valueUnder(row, key)) };
  });
  return { rows, count: found.length };
}

interface Found {
  readonly number: number;
  readonly row: ValueObject;
}

export function foundLines(
  lines: readonly ModelLine[],
  { keys, steps, values }: Pick<SampleQuestion, 'keys' | 'steps' | 'values'>,
): Found[] {
  return lines
    .map(({ number, text }) => ({ number, row: rowOf(text) }))
    .filter(({ row }) => keys.every((key) => has(row, key, values)))
    .filter(({ row }) => steps === undefined || isWithin(row, steps));
}

function has(row: ValueObject, key: string, values: 'all' | 'numbers'): boolean {
  const value = valueUnder(row, key);
  if (values === 'all') return value !== undefined;
  return typeof value === 'number' || typeof value === 'bigint';
}

function isWithin(row: ValueObject, { from, to }: StepRange): boolean {
  const step = numberOf(valueUnder(row, '_step'));
  return step >= from && step < to;
}

function picked(found: readonly Found[], { keys, samples }: SampleQuestion): number[] {
  const own = keys.filter((key) => !key.startsWith('_'));
  const measured = keys.filter((key) => own.length === 0 || own.includes(key));
  const numbers = measured.map((key) => found.map(({ row }) => numberOf(valueUnder(row, key))));
  const each = numbers.map((list) => (list.every(Number.isFinite) ? 2 : 3));
  const kept = new Set(samples === 1 ? [0] : [0, found.length - 1]);
  const perPart = each.reduce((sum, count) => sum + count, 0);
  const parts = Math.max(1, Math.floor((samples - kept.size) / perPart));
  for (let part = 0; part < parts; part += 1) {
    const start = Math.floor((part * found.length) / parts);
    const end = Math.floor(((part + 1) * found.length) / parts);
    const places = Array.from({ length: end - start }, (_, at) => start + at);
    for (const list of numbers) {
      const finite = places.filter((place) => Number.isFinite(list[place]));
      const inOrder = [...finite].sort((a, b) => list[a]! - list[b]! || a - b);
      const highest = finite.find((place) => list[place] === list[inOrder.at(-1) ?? -1]);
      const odd = places.find((place) => !Number.isFinite(list[place]));
      for (const place of [inOrder[0], highest, odd]) {
        if (place !== undefined && kept.size < samples) kept.add(place);
      }
    }
  }
  return [...kept].sort((a, b) => a - b);
}

export function rowOf(text: string): ValueObject {
  try {
    const value = parseLosslessJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as ValueObject)
      : {};
  } catch {
    return {};
  }
}

function valueUnder(row: ValueObject, key: string): Value | undefined {
  if (Object.hasOwn(row, key)) return row[key];
  const dot = key.indexOf('.');
  const group = dot < 0 ? undefined : valueUnder(row, key.slice(0, dot));
  const isGroup = typeof group === 'object' && group !== null && !Array.isArray(group);
  return isGroup ? valueUnder(group as ValueObject, key.slice(dot + 1)) : undefined;
}

function numberOf(value: Value | undefined): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}

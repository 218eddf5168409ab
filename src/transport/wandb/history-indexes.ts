import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import type { Value, ValueObject } from '../../domain/values/value.ts';
import type { TelemetryOperation, TelemetryStore } from '../../ports/telemetry-store.ts';
import { isValueObject } from './json-text.ts';
import { RecentlyUsed } from './recently-used.ts';
import { Turns } from './turns.ts';

/** Runs whose history is kept in index form. */
export const INDEXED_RUNS_MAX = 64;
/** Most lines of one history that are indexed. */
export const INDEXED_LINES_MAX = 5_000_000;
/** Most keys that are counted. */
export const INDEXED_KEYS_MAX = 50_000;
/** Lines that are read at once while an index is made. */
const LINES_AT_ONCE = 2_000;
/** Longest value that an answer repeats as the last one of a key, in characters of JSON. */
const SHOWN_VALUE_LENGTH_MAX = 256;

export type WireType = 'number' | 'string' | 'bool' | 'nil' | 'list' | 'map';

export interface KeyCount {
  readonly types: Map<WireType, number>;
  last: Value;
}

/** What is known of a history without reading it again: the step of each line, the keys. */
export interface HistoryIndex {
  readonly lines: number;
  /** Step of each line; NaN where a line was never written or names none. */
  readonly steps: readonly number[];
  readonly keys: ReadonlyMap<string, KeyCount>;
  readonly lastStep: number;
}

interface Growing {
  /** True when a line within was written anew: the index must not be kept. */
  stale: boolean;
  lines: number;
  readonly steps: number[];
  readonly keys: Map<string, KeyCount>;
  lastStep: number;
}

/** Indexes of the histories that were asked for last; each grows with its history. */
export class HistoryIndexes {
  readonly #turns = new Turns();
  readonly #kept = new RecentlyUsed<Growing>(INDEXED_RUNS_MAX);
  readonly #telemetry: TelemetryStore;

  constructor(telemetry: TelemetryStore) {
    this.#telemetry = telemetry;
  }

  of(run: string): Promise<HistoryIndex> {
    return this.#turns.take(run, async () => {
      const states = await this.#telemetry.states(run);
      const lines = states.find(({ stream }) => stream === 'history')?.lines ?? 0;
      const kept = this.#kept.get(run);
      const index = kept && !kept.stale ? kept : emptyIndex();
      this.#kept.set(run, index);
      await this.#grow(run, index, Math.min(lines, INDEXED_LINES_MAX));
      this.#keep(run, index);
      return index;
    });
  }

  /** Lines that are written anew make what is known of them wrong. */
  noteAppend(run: string, { stream, offset }: TelemetryOperation): void {
    const index = this.#kept.get(run);
    if (stream === 'history' && index && offset < index.lines) index.stale = true;
  }

  #keep(run: string, index: Growing): void {
    if (index.stale) this.#kept.delete(run);
    else this.#kept.set(run, index);
  }

  async #grow(run: string, index: Growing, lines: number): Promise<void> {
    while (index.lines < lines) {
      const [from, to] = [index.lines, Math.min(lines, index.lines + LINES_AT_ONCE)];
      index.lines = to;
      for (const { number, text } of await this.#telemetry.read(run, 'history', { from, to })) {
        while (index.steps.length < number) index.steps.push(Number.NaN);
        index.steps.push(learn(index, rowOf(text)));
      }
    }
  }
}

/** A line of a history as an object; a line that is none is an empty row. */
export function rowOf(text: string): ValueObject {
  try {
    const value = parseLosslessJson(text);
    return isValueObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The first line of a range of steps and the one behind its last; equal when there is none. */
export function linesOfSteps(
  { steps }: HistoryIndex,
  { min, max }: { readonly min: number; readonly max: number },
): { readonly from: number; readonly to: number } {
  let [from, to] = [-1, 0];
  for (let line = 0; line < steps.length; line += 1) {
    const step = steps[line] as number;
    if (!(step >= min && step < max)) continue;
    if (from < 0) from = line;
    to = line + 1;
  }
  return from < 0 ? { from: 0, to: 0 } : { from, to };
}

function emptyIndex(): Growing {
  return { stale: false, lines: 0, steps: [], keys: new Map(), lastStep: -1 };
}

function learn(index: Growing, row: ValueObject): number {
  for (const [key, value] of Object.entries(row)) {
    const known = index.keys.get(key);
    if (!known && index.keys.size >= INDEXED_KEYS_MAX) continue;
    const count = known ?? { types: new Map(), last: null };
    const type = typeOf(value);
    count.types.set(type, (count.types.get(type) ?? 0) + 1);
    count.last = isShort(value) ? value : null;
    if (!known) index.keys.set(key, count);
  }
  const step = Number(row._step);
  if (step > index.lastStep) index.lastStep = step;
  return step;
}

function isShort(value: Value): boolean {
  if (typeof value === 'object') return value === null;
  return typeof value !== 'string' || value.length <= SHOWN_VALUE_LENGTH_MAX;
}

function typeOf(value: Value): WireType {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'string') return 'string';
  return typeof value === 'boolean' ? 'bool' : 'number';
}

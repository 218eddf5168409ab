import type { Value } from '../../domain/values/value.ts';
import type { SampledRows, SampleQuestion } from '../../ports/telemetry-columns.ts';
import {
  type Block,
  type Column,
  columnOf,
  hasValue,
  isNumberAt,
  numberAt,
  valueAt,
} from './telemetry-column.ts';
import { STRETCH_LINES } from './telemetry-index.ts';
import { STEP_KEY } from './telemetry-keys.ts';

/** Blocks in the order of their lines. They may be gone through several times. */
export interface Blocks {
  readonly count: number;
  at(index: number): Promise<Block>;
}

export interface Wanted extends Pick<SampleQuestion, 'keys' | 'steps' | 'values'> {
  readonly fromLine?: number;
}

/** Rows of a block that a question is about, with the columns of its keys. */
export interface FoundRows {
  readonly rows: Uint32Array;
  readonly columns: readonly Column[];
}

const NOTHING: FoundRows = { rows: new Uint32Array(0), columns: [] };
const EVERY_ROW = Uint32Array.from({ length: STRETCH_LINES }, (_, row) => row);

/** Goes through the blocks up to three times, holding one at a time and the picked rows. */
export async function sampleBlocks(
  blocks: Blocks,
  question: SampleQuestion,
): Promise<Omit<SampledRows, 'complete'>> {
  const measured = measuredKeys(question.keys);
  const count = await countRows(blocks, question);
  if (count.rows === 0) return { rows: [], count: 0 };
  const kept =
    count.rows <= question.samples ? null : await pickRows(blocks, { question, measured, count });
  return { rows: await rowsAt(blocks, question, kept), count: count.rows };
}

/** Where in `keys` the measured ones stand. */
function measuredKeys(keys: readonly string[]): readonly number[] {
  const all = [...keys.keys()];
  const own = all.filter((at) => !keys[at]?.startsWith('_'));
  return own.length > 0 ? own : all;
}

interface Count {
  readonly rows: number;
  /** By key, whether a value is no finite number. */
  readonly odd: readonly boolean[];
}

async function countRows(blocks: Blocks, question: SampleQuestion): Promise<Count> {
  let rows = 0;
  const odd = question.keys.map(() => false);
  for (let index = 0; index < blocks.count; index += 1) {
    const found = await findRows(await blocks.at(index), question);
    rows += found.rows.length;
    for (const [at, column] of found.columns.entries()) {
      odd[at] ||= hasOdd(column, found.rows);
    }
  }
  return { rows, odd };
}

function hasOdd(column: Column, rows: Uint32Array): boolean {
  if (column.isPlain) return false;
  for (const row of rows) if (!Number.isFinite(numberAt(column, row))) return true;
  return false;
}

/** Rows that have the keys and a step in the range. */
export async function findRows(block: Block, wanted: Wanted): Promise<FoundRows> {
  const columns: Column[] = [];
  for (const key of wanted.keys) {
    const column = await columnOf(block, key);
    if (column === null) return NOTHING;
    columns.push(column);
  }
  const steps = wanted.steps === undefined ? null : await columnOf(block, STEP_KEY);
  if (wanted.steps !== undefined && steps === null) return NOTHING;
  const isEvery = steps === null && wanted.fromLine === undefined;
  if (isEvery && columns.every(({ isPlain }) => isPlain)) {
    return { rows: EVERY_ROW.subarray(0, block.rows), columns };
  }
  const has = wanted.values === 'numbers' ? isNumberAt : hasValue;
  const found = new Uint32Array(block.rows);
  let count = 0;
  for (let row = 0; row < block.rows; row += 1) {
    if (wanted.fromLine !== undefined && block.lineOf(row) < wanted.fromLine) continue;
    if (steps !== null && wanted.steps !== undefined) {
      const step = numberAt(steps, row);
      if (!(step >= wanted.steps.from && step < wanted.steps.to)) continue;
    }
    let whole = true;
    for (const column of columns) if (!has(column, row)) whole = false;
    if (whole) found[count++] = row;
  }
  return { rows: found.subarray(0, count), columns };
}

interface Picking {
  readonly question: SampleQuestion;
  readonly measured: readonly number[];
  readonly count: Count;
}

/** The places of the rows that stay, among all that were found. */
async function pickRows(blocks: Blocks, picking: Picking): Promise<Set<number>> {
  const { question, measured, count } = picking;
  const { samples } = question;
  const last = count.rows - 1;
  const picked = new Set(samples === 1 ? [0] : [0, last]);
  const perPart = measured.reduce((sum, at) => sum + (count.odd[at] ? 3 : 2), 0);
  const parts = Math.max(1, Math.floor((samples - picked.size) / perPart));
  let [part, end] = [0, Math.floor(count.rows / parts)];
  let extremes = measured.map(() => new Extremes());
  const close = () => {
    for (const place of extremes.flatMap((each) => each.places)) {
      if (picked.size < samples) picked.add(place);
    }
    extremes = measured.map(() => new Extremes());
    part += 1;
    end = Math.floor(((part + 1) * count.rows) / parts);
  };
  let place = 0;
  for (let index = 0; index < blocks.count; index += 1) {
    const { rows, columns } = await findRows(await blocks.at(index), question);
    for (let at = 0; at < rows.length; ) {
      const run = rows.subarray(at, at + end - place);
      for (const [key, each] of extremes.entries()) {
        each.take(columns[measured[key] as number] as Column, run, place);
      }
      place += run.length;
      at += run.length;
      if (place === end) close();
    }
  }
  return picked;
}

/** Of one key in one stretch: the lowest, the highest and the first that is no finite number. */
class Extremes {
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;
  #lowAt = -1;
  #highAt = -1;
  #oddAt = -1;

  /** Rows that follow on each other, the first of them at `place` among all that were found. */
  take(column: Column, rows: Uint32Array, place: number): void {
    const { isPlain, numbers } = column;
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as number;
      const value = isPlain ? (numbers[row] as number) : numberAt(column, row);
      if (!isPlain && !Number.isFinite(value)) {
        if (this.#oddAt < 0) this.#oddAt = place + at;
        continue;
      }
      if (value < this.#low) {
        this.#low = value;
        this.#lowAt = place + at;
      }
      if (value > this.#high) {
        this.#high = value;
        this.#highAt = place + at;
      }
    }
  }

  get places(): number[] {
    return [this.#lowAt, this.#highAt, this.#oddAt].filter((place) => place >= 0);
  }
}

/** The rows at these places, or all, with the values that were asked for. */
async function rowsAt(blocks: Blocks, question: SampleQuestion, kept: Set<number> | null) {
  const places = kept === null ? null : [...kept].sort((a, b) => a - b);
  const answer: Array<SampledRows['rows'][number]> = [];
  let [next, before] = [0, 0];
  for (let index = 0; index < blocks.count; index += 1) {
    const block = await blocks.at(index);
    const { rows, columns } = await findRows(block, question);
    const wanted = places === null ? [...rows] : [];
    for (
      ;
      places !== null && (places[next] ?? Number.POSITIVE_INFINITY) < before + rows.length;
      next += 1
    ) {
      wanted.push(rows[(places[next] as number) - before] as number);
    }
    before += rows.length;
    if (wanted.length === 0) continue;
    const also = await Promise.all((question.also ?? []).map((key) => columnOf(block, key)));
    for (const row of wanted) answer.push(rowOf(block, row, [...columns, ...also]));
  }
  return answer;
}

export function rowOf(block: Block, row: number, columns: ReadonlyArray<Column | null>) {
  const values = columns.map((column): Value | undefined =>
    column === null ? undefined : valueAt(column, row),
  );
  return { line: block.lineOf(row), values };
}

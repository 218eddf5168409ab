import { DomainError } from '../../domain/errors.ts';
import type { LineRange } from '../../ports/telemetry-store.ts';
import type { RecordPlace } from './telemetry-format.ts';

/** Records are found by chunks of about this many bytes. */
export const CHUNK_BYTES_MAX = 256 * 1024;
/** Lines of one stretch, counted from line 0: files of columns are made stretch by stretch. */
export const STRETCH_LINES = 16_384;
/** Most stretches of a stream that have a line; beyond, its lines lie too far apart. */
export const STRETCHES_MAX = 65_536;

/** Part of a stream's file, and the lines that its records lie between. */
export type Chunk = RecordPlace;

/** What was written of one stretch. */
export interface Stretch {
  /** Number of the stretch: its first line is this many times STRETCH_LINES. */
  readonly number: number;
  /** One more than the highest line of it that was written. */
  readonly end: number;
  /** Where the last record stands that may have written a line anew; -1 when none has. */
  readonly rewrittenAt: number;
}

/**
 * Where in its file a stream's lines are: one entry for each chunk, so that the index of a long
 * log stays small, and few bytes are read for a few lines.
 */
export class TelemetryIndex {
  readonly #chunks: Chunk[] = [];
  readonly #stretches = new Map<number, Stretch>();
  #lines = 0;
  #isScattered = false;

  /** One more than the highest line number. */
  get lines(): number {
    return this.#lines;
  }

  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  /** The stretches that have a line, in order. */
  stretches(): Stretch[] {
    if (this.#isScattered) {
      const text = `the lines of the stream lie in more than ${STRETCHES_MAX} places`;
      throw new DomainError('LIMIT_EXCEEDED', `${text} and cannot be read by key`);
    }
    return [...this.#stretches.values()].sort((a, b) => a.number - b.number);
  }

  /** Takes up what an index of the same log held. */
  restore(chunks: readonly Chunk[], stretches: readonly Stretch[]): void {
    for (const chunk of chunks) this.#chunks.push(chunk);
    for (const stretch of stretches) this.#stretches.set(stretch.number, stretch);
    this.#lines = chunks.reduce((most, { to }) => Math.max(most, to), 0);
  }

  add(record: RecordPlace): void {
    this.#lines = Math.max(this.#lines, record.to);
    this.#note(record);
    const last = this.#chunks.at(-1);
    const bytes = last === undefined ? 0 : record.position + record.bytes - last.position;
    if (last === undefined || bytes > CHUNK_BYTES_MAX) {
      this.#chunks.push(record);
      return;
    }
    this.#chunks[this.#chunks.length - 1] = {
      position: last.position,
      bytes,
      from: Math.min(last.from, record.from),
      to: Math.max(last.to, record.to),
    };
  }

  /** Chunks that may hold lines of the range, the latest written first. */
  latestFirst({ from, to }: LineRange): Chunk[] {
    return this.#chunks.filter((chunk) => chunk.from < to && chunk.to > from).reverse();
  }

  /** Chunks that may hold one of the lines, whose numbers ascend; the latest written first. */
  latestOf(numbers: readonly number[]): Chunk[] {
    return this.#chunks.filter((chunk) => hasBetween(numbers, chunk)).reverse();
  }

  #note({ from, to, position }: RecordPlace): void {
    for (let number = stretchOf(from); number * STRETCH_LINES < to; number += 1) {
      const known = this.#stretches.get(number);
      if (known === undefined && this.#stretches.size >= STRETCHES_MAX) {
        this.#isScattered = true;
        return;
      }
      const first = Math.max(from, number * STRETCH_LINES);
      const end = Math.min(to, (number + 1) * STRETCH_LINES);
      const anew = known !== undefined && first < known.end;
      this.#stretches.set(number, {
        number,
        end: Math.max(end, known?.end ?? 0),
        rewrittenAt: anew ? position : (known?.rewrittenAt ?? -1),
      });
    }
  }
}

export function stretchOf(line: number): number {
  return Math.floor(line / STRETCH_LINES);
}

function hasBetween(numbers: readonly number[], { from, to }: LineRange): boolean {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low < numbers.length && (numbers[low] as number) < to;
}

import type { LineRange } from '../../ports/telemetry-store.ts';
import type { RecordPlace } from './telemetry-format.ts';

/** Records are found by chunks of about this many bytes. */
export const CHUNK_BYTES_MAX = 256 * 1024;

/** Part of a stream's file, and the lines that its records lie between. */
export type Chunk = RecordPlace;

/**
 * Where in its file a stream's lines are: one entry for each chunk, so that the index of a long
 * log stays small, and few bytes are read for a few lines.
 */
export class TelemetryIndex {
  readonly #chunks: Chunk[] = [];
  #lines = 0;

  /** One more than the highest line number. */
  get lines(): number {
    return this.#lines;
  }

  add(record: RecordPlace): void {
    this.#lines = Math.max(this.#lines, record.to);
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
}

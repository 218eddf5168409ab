import { DomainError } from '../../domain/errors.ts';
import {
  type LineRange,
  TELEMETRY_READ_BYTES_MAX,
  type TelemetryLine,
} from '../../ports/telemetry-store.ts';
import { HEADER_BYTES_MAX, recordsIn, visitLines } from './telemetry-format.ts';

/** Lines of a range that were found so far; what was written later was added earlier. */
export class FoundLines {
  readonly #range: LineRange;
  readonly #texts = new Map<number, string>();
  #bytes = 0;

  constructor(range: LineRange) {
    this.#range = range;
  }

  get isComplete(): boolean {
    return this.#texts.size >= this.#range.to - this.#range.from;
  }

  /** Within a chunk the records stand oldest first, so the last of them are added first. */
  addOlder(chunk: Buffer, position: number): void {
    const records = [...recordsIn(chunk, position)].filter(
      ({ from, to }) => from < this.#range.to && to > this.#range.from,
    );
    for (const place of records.reverse()) {
      const start = place.position - position;
      visitLines(chunk.subarray(start, start + place.bytes), place, (number, text) => {
        const wanted = number >= this.#range.from && number < this.#range.to;
        if (wanted && !this.#texts.has(number)) this.#set(number, text());
      });
    }
  }

  inOrder(): TelemetryLine[] {
    return [...this.#texts].sort(([a], [b]) => a - b).map(([number, text]) => ({ number, text }));
  }

  #set(number: number, text: string): void {
    this.#bytes += text.length + HEADER_BYTES_MAX;
    if (this.#bytes > TELEMETRY_READ_BYTES_MAX) {
      throw new DomainError(
        'LIMIT_EXCEEDED',
        `the lines have more than ${TELEMETRY_READ_BYTES_MAX} bytes; ask for fewer at once`,
        { details: { bytesMax: TELEMETRY_READ_BYTES_MAX } },
      );
    }
    this.#texts.set(number, text);
  }
}

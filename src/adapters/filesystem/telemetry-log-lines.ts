import { readSync } from 'node:fs';
import { damagedAt, recordsIn, visitLines } from './telemetry-format.ts';
import type { Chunk } from './telemetry-index.ts';

/** The lines of a part of a log, and where its file has them, the latest written first. */
export interface LogPart {
  readonly from: number;
  readonly to: number;
  readonly chunks: readonly Chunk[];
}

/** Takes lines as they are found: of each number the last write first. */
export interface LineTaker {
  wants(number: number): boolean;
  take(number: number, text: string): void;
  readonly isComplete: boolean;
}

/** Reads what a taker wants. In threads alone: it holds up whoever calls it. */
export function takeLines(file: number, { from, to, chunks }: LogPart, taker: LineTaker): void {
  for (const chunk of chunks) {
    if (taker.isComplete) return;
    const bytes = bytesOf(file, chunk);
    const records = [...recordsIn(bytes, chunk.position)];
    for (const place of records.reverse()) {
      if (place.from >= to || place.to <= from) continue;
      const start = place.position - chunk.position;
      visitLines(bytes.subarray(start, start + place.bytes), place, (number, text) => {
        if (number >= from && number < to && taker.wants(number)) taker.take(number, text());
      });
    }
  }
}

function bytesOf(file: number, { position, bytes }: Chunk): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  let read = 0;
  while (read < bytes) {
    const more = readSync(file, buffer, read, bytes - read, position + read);
    if (more === 0) throw damagedAt(position + read);
    read += more;
  }
  return buffer;
}

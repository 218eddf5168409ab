import { createHash, type Hash } from 'node:crypto';
import type { Digest } from '../../domain/digest.ts';
import { type LogCheckpoint, stateOfCheckpoint } from './telemetry-checkpoint.ts';
import { recordsIn } from './telemetry-format.ts';
import { TelemetryIndex } from './telemetry-index.ts';
import { headerLineOf } from './telemetry-scan.ts';

export interface LogState {
  readonly bytes: number;
  readonly lines: number;
}

/** What is known of a log: all of it covers the first `bytes`, but the digest, which may lag. */
export class TelemetryKnownLog {
  readonly index = new TelemetryIndex();
  readonly #hash: Hash = createHash('sha256');
  #hashed = 0;
  #last: LogCheckpoint['last'] | null = null;
  #bytes = 0;
  /** Number of the file that it was learned from; another one may have taken its place. */
  file: number | null = null;

  get bytes(): number {
    return this.#bytes;
  }

  /** How far the digest has come; only a seal needs it, and catches up. */
  get hashed(): number {
    return this.#hashed;
  }

  /** Header and place of the last group. */
  get last(): LogCheckpoint['last'] | null {
    return this.#last;
  }

  get state(): LogState {
    return { bytes: this.#bytes, lines: this.index.lines };
  }

  /** Of the first `hashed` bytes. */
  digest(): Digest {
    return `sha256:${this.#hash.copy().digest('hex')}`;
  }

  /** Takes in the group that follows what is known. */
  adopt(position: number, group: Buffer): void {
    for (const record of recordsIn(group, position)) this.index.add(record);
    if (this.#hashed === position) this.hash(position, group);
    this.#last = { position, header: headerLineOf(group) };
    this.#bytes = position + group.byteLength;
  }

  /** Lets the digest go on over a group that is known already. */
  hash(position: number, group: Buffer): void {
    this.#hash.update(group);
    this.#hashed = position + group.byteLength;
  }

  /** Takes up what a checkpoint of this log says, where nothing is known. */
  restore(checkpoint: LogCheckpoint): void {
    const { chunks, stretches } = stateOfCheckpoint(checkpoint);
    this.index.restore(chunks, stretches);
    this.#last = checkpoint.last;
    this.#bytes = checkpoint.bytes;
  }

  /** What is known, for who opens the log later; null while nothing is written. */
  checkpoint(): LogCheckpoint | null {
    if (this.#last === null) return null;
    const chunks = this.index.chunks.map(({ position, bytes, from, to }) => {
      return [position, bytes, from, to] as const;
    });
    const stretches = this.index
      .stretches()
      .map(({ number, end, rewrittenAt }) => [number, end, rewrittenAt] as const);
    return { bytes: this.#bytes, last: this.#last, chunks, stretches };
  }
}

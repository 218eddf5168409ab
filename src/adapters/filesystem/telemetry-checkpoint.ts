import type { Chunk, Stretch } from './telemetry-index.ts';

/** What is known of a log up to some length, so that it need not be read to be opened. */
export interface LogCheckpoint {
  readonly bytes: number;
  /** The header of the last group within, and where it stands: proof of the same log. */
  readonly last: { readonly position: number; readonly header: string };
  readonly chunks: ReadonlyArray<
    readonly [position: number, bytes: number, from: number, to: number]
  >;
  readonly stretches: ReadonlyArray<readonly [number: number, end: number, rewrittenAt: number]>;
}

export function stateOfCheckpoint({ chunks, stretches }: LogCheckpoint): {
  readonly chunks: Chunk[];
  readonly stretches: Stretch[];
} {
  return {
    chunks: chunks.map(([position, bytes, from, to]) => ({ position, bytes, from, to })),
    stretches: stretches.map(([number, end, rewrittenAt]) => ({ number, end, rewrittenAt })),
  };
}

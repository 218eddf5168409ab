import type { Instant } from '../time.ts';
import { compareText } from './graph-rows.ts';
import type { NodeId } from './node-id.ts';

/** A run that wrote to a dataset, or that read what it held, and when. */
export interface RunAt {
  readonly run: NodeId;
  readonly dataset: NodeId;
  readonly at: Instant;
}

/** Who wrote to datasets and read from them, and which are the same under other names. */
export interface WorldOfDatasets {
  /** Of writings to a dataset up to the reader's time, and not the reader's own, the last. */
  lastWriting(dataset: NodeId, reader: RunAt): RunAt | null;
  alternates(dataset: NodeId): readonly NodeId[];
}

/**
 * What a run read that named no version: the last writing to the dataset, or to one that is the
 * same under another name, at or before the run's start. Its own writing came after. Of writings
 * at one time that of the highest id counts. Null where nobody is known to have written before.
 */
export function writingRead(reader: RunAt, world: WorldOfDatasets): RunAt | null {
  const all = [reader.dataset, ...world.alternates(reader.dataset)];
  let last: RunAt | null = null;
  for (const dataset of all) {
    const writing = world.lastWriting(dataset, reader);
    if (writing && (last === null || compareWritings(writing, last) > 0)) last = writing;
  }
  return last;
}

/** The order in which writings count. */
export function compareWritings(a: RunAt, b: RunAt): number {
  return compareText(a.at, b.at) || compareText(a.run, b.run) || compareText(a.dataset, b.dataset);
}

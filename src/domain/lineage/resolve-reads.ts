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
  writes(dataset: NodeId): readonly RunAt[];
  reads(dataset: NodeId): readonly RunAt[];
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
  for (const writing of all.flatMap((dataset) => world.writes(dataset))) {
    if (writing.at > reader.at || writing.run === reader.run) continue;
    if (last === null || compareWritings(writing, last) > 0) last = writing;
  }
  return last;
}

function compareWritings(a: RunAt, b: RunAt): number {
  return compareText(a.at, b.at) || compareText(a.run, b.run) || compareText(a.dataset, b.dataset);
}

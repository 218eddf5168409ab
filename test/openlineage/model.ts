import { namedDatasetId } from '../../src/domain/lineage/named-dataset.ts';
import { projectId, runId } from '../../src/domain/lineage/names.ts';
import { ORG, PROJECT } from '../support/open-ledger.ts';

/** A small world of runs and datasets, as a test makes it up. */
export interface World {
  readonly runs: readonly WorldRun[];
  /** Which dataset was said to be which others, in the order of the times at which it was said. */
  readonly names: readonly { readonly dataset: number; readonly others: readonly number[] }[];
}

export interface WorldRun {
  readonly start: number;
  readonly lasts: number;
  readonly end: 'COMPLETE' | 'FAIL' | 'ABORT' | 'none';
  readonly reads: readonly WorldEnd[];
  readonly writes: readonly WorldEnd[];
  /** Which of the run's events name what it reads and writes. */
  readonly told: 'first' | 'last' | 'both';
  readonly foreign: boolean;
}

export interface WorldEnd {
  readonly dataset: number;
  readonly version: string | null;
}

export const uuidOf = (world: number, run: number): string =>
  `00000000-0000-4000-8000-${String(world * 100 + run).padStart(12, '0')}`;
export const namespaceOf = (world: number, dataset: number): string => `n${world}-${dataset}://x`;
/** Datasets of this number belong to the lake. */
export const OF_THE_LAKE = 0;
export const LAKE = projectId(ORG, { team: 'main', project: 'lake' });
const datasetIdOf = (world: number, dataset: number): string =>
  namedDatasetId(ORG, dataset === OF_THE_LAKE ? LAKE : PROJECT, {
    ...{ namespace: namespaceOf(world, dataset), name: 'd' },
  });
export const timeOf = (second: number): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;

export function eventsOf({ runs, names }: World, world: number) {
  const dataset = ({ dataset: of, version }: WorldEnd) => ({
    namespace: namespaceOf(world, of),
    name: 'd',
    facets: version === null ? {} : { version: { datasetVersion: version } },
  });
  const ofRuns = runs.flatMap((run, at) => {
    const ends = { inputs: run.reads.map(dataset), outputs: run.writes.map(dataset) };
    const hasEnd = run.end !== 'none';
    const event = (eventType: string, second: number, isTold: boolean) => ({
      foreign: run.foreign,
      event: {
        ...{ eventType, eventTime: timeOf(second), producer: 'p' },
        run: { runId: uuidOf(world, at) },
        job: { namespace: 'j', name: `job ${at}` },
        ...(isTold ? ends : {}),
      },
    });
    const first = event('START', run.start, run.told !== 'last' || !hasEnd);
    return hasEnd ? [first, event(run.end, run.start + run.lasts, run.told !== 'first')] : [first];
  });
  const ofNames = names.map(({ dataset: of, others }, at) => ({
    foreign: false,
    event: {
      ...{ eventTime: timeOf(at), producer: 'p' },
      dataset: {
        namespace: namespaceOf(world, of),
        name: 'd',
        facets: {
          symlinks: {
            identifiers: others.map((other) => ({
              ...{ namespace: namespaceOf(world, other), name: 'd', type: 'TABLE' },
            })),
          },
        },
      },
    },
  }));
  return [...ofRuns, ...ofNames];
}

/** What each run used, worked out from the whole world at once: `run number: version`. */
export function usedIn({ runs, names }: World, world: number): string[] {
  const called = new Map(names.map(({ dataset, others }) => [dataset, others]));
  const isSame = (a: number, b: number) =>
    a === b || called.get(a)?.includes(b) || called.get(b)?.includes(a);
  const idOf = (run: number) => runId(ORG, PROJECT, `openlineage:${uuidOf(world, run)}`);
  const tieOf = (of: { readonly run: number; readonly dataset: number }) =>
    `${idOf(of.run)} ${datasetIdOf(world, of.dataset)}`;
  const writings = runs.flatMap((run, at) => {
    if (run.end === 'FAIL' || run.end === 'ABORT') return [];
    const time = run.end === 'none' ? run.start : run.start + run.lasts;
    return run.writes.map((end) => ({ ...end, run: at, time }));
  });
  const versionOf = (dataset: number, version: string) =>
    `${namespaceOf(world, dataset)}/d@${version}`;
  const used = runs.flatMap((run, at) =>
    run.reads.map(({ dataset, version }) => {
      if (version !== null) return `${at}: ${versionOf(dataset, version)}`;
      const before = writings
        .filter((each) => each.run !== at && each.time <= run.start)
        .filter((each) => isSame(each.dataset, dataset))
        .sort((a, b) => a.time - b.time || (tieOf(a) < tieOf(b) ? -1 : 1));
      const last = before.at(-1);
      if (!last) return `${at}: ${versionOf(dataset, 'before')}`;
      const own = `openlineage:${uuidOf(world, last.run)}`;
      return `${at}: ${versionOf(last.dataset, last.version ?? own)}`;
    }),
  );
  return [...new Set(used)].sort();
}

import type { OpenLineagePut, OpenLineageSet, ToldRun } from '../domain/audit/facts/openlineage.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { rankOf } from '../domain/lineage/registers.ts';
import type { ToldEvent, ToldFacet } from '../domain/lineage/told-event.ts';
import { deletedAtOf } from '../domain/lineage/tombstone.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { Json } from '../domain/values/value.ts';
import type { GraphView } from '../ledger/command.ts';
import { type Ends, recordedEnds } from './told-ends.ts';
import { facetsToPut, type Telling } from './told-facets.ts';
import type { NamedToldEnd, ToldDataset } from './told-names.ts';
import { runProps } from './told-run.ts';

/** What a node that an event tells of is made of. */
interface NodeToPut {
  readonly id: NodeId;
  readonly kind: OpenLineagePut['kind'];
  readonly project: NodeId;
  readonly name: string;
  readonly identifiers: readonly string[];
  readonly set: OpenLineageSet;
  readonly told: readonly ToldFacet[];
  readonly role: NamedToldEnd['role'];
  readonly datasets?: readonly NodeId[];
  readonly ends?: EndsToPut;
}

/** What a run or a job says of its inputs and outputs, where the event changes that. */
export interface EndsToPut {
  readonly reads: Ends | null;
  readonly writes: Ends | null;
}

/** Makes the nodes of one part of an event. */
export class ToldNodes {
  readonly puts: OpenLineagePut[] = [];
  readonly #view: GraphView;
  readonly #event: ToldEvent;
  readonly #telling: Omit<Telling, 'said'>;

  constructor(view: GraphView, event: ToldEvent, telling: Omit<Telling, 'said'>) {
    this.#view = view;
    this.#event = event;
    this.#telling = telling;
  }

  run(of: Placed, run: ToldRun, ends: EndsToPut): void {
    const isNew = this.#view.node(of.id) === undefined;
    const told = this.#event.run?.facets ?? [];
    this.#put({
      ...{ ...of, kind: 'RUN' as const, told, role: 'INPUT' as const, ends },
      identifiers: [of.name],
      set: {
        ...runProps(run),
        ...(isNew && { tags: [], config: {}, environment: {}, incarnation: 0 }),
      },
    });
  }

  job(of: Placed, ends: EndsToPut): void {
    const {
      namespace,
      name: ownName,
      facets: told,
    } = this.#event.job as NonNullable<ToldEvent['job']>;
    this.#put({
      ...{ ...of, kind: 'JOB' as const, told, role: 'INPUT' as const, ends },
      identifiers: [of.name],
      set: { namespace, ownName },
    });
  }

  /** What may be said of a dataset is said; where it may not, it is a bare node. */
  dataset(of: ToldDataset, end: ToldOf, others: readonly ToldDataset[] | null): void {
    const mayWrite = others !== null;
    this.#put({
      ...{ ...placedDataset(of), ...end, told: mayWrite ? end.told : [] },
      identifiers: [of.name, ...(others ?? []).map(({ name }) => name)],
      set: { ...namingOf(of), ...(mayWrite && TOLD) },
    });
  }

  bareDataset(of: ToldDataset): void {
    this.#put({
      ...{ ...placedDataset(of), role: 'INPUT' as const, told: [] },
      ...{ identifiers: [of.name], set: namingOf(of) },
    });
  }

  version(of: VersionToPut, end: ToldOf): void {
    const { id, dataset, identity, set, called } = of;
    this.#put({
      ...{ id, kind: 'DATASET_VERSION' as const, project: dataset.owner, ...end },
      ...{ name: `${dataset.name}@${called}`, identifiers: [] },
      set: { identity, bytes: 'declared', collection: dataset.id, ...set },
    });
  }

  #put({ told, role, datasets = [], ends, ...node }: NodeToPut): void {
    if (this.puts.some(({ id }) => id === node.id)) return;
    const row = this.#view.node(node.id);
    if (row !== undefined && deletedAtOf(row) !== undefined) return;
    const { eventTime: at, eventType, digest: by } = this.#event;
    const rank = rankOf(eventType, role);
    const telling = { ...this.#telling, said: { at, rank, by }, datasets };
    const { facets, others } = facetsToPut(row, told, telling);
    const set = changedProps(row, node.set);
    const identifiers = node.identifiers.filter((each) => !row?.identifiers.includes(each));
    const [reads, writes] = [endsOrNull(ends?.reads), endsOrNull(ends?.writes)];
    const says = [facets, identifiers, Object.keys(set)].some(({ length }) => length > 0);
    const isAbout = node.kind === 'RUN' || node.kind === 'JOB';
    if (row !== undefined && !says && !isAbout && others === null) return;
    const name = row?.name ?? node.name;
    this.puts.push({
      ...{ ...node, name, rank, set, facets, others, reads, writes },
      identifiers: [...new Set(identifiers)].sort(),
    });
  }
}

/** What is said of a node by one event, whichever of its lists says it. */
export interface ToldOf {
  readonly told: readonly ToldFacet[];
  readonly role: NamedToldEnd['role'];
  readonly datasets: readonly NodeId[];
}

export const NOTHING_TOLD: ToldOf = { told: [], role: 'INPUT', datasets: [] };

export interface Placed {
  readonly id: NodeId;
  readonly project: NodeId;
  readonly name: string;
}

export interface VersionToPut {
  readonly id: NodeId;
  readonly dataset: ToldDataset;
  readonly identity: 'run' | 'stated' | 'before';
  /** What the version is called behind the dataset's name. */
  readonly called: string;
  readonly set?: OpenLineageSet;
}

/** What tells datasets and versions that somebody described from those that are only named. */
export const TOLD = { via: 'openlineage' } as const;

function namingOf({ namespace, ownName }: ToldDataset) {
  return { namespace, ownName };
}

function placedDataset({ id, owner: project, name }: ToldDataset) {
  return { id, kind: 'DATASET' as const, project, name };
}

function endsOrNull(ends: Ends | null | undefined) {
  return ends ? recordedEnds(ends) : null;
}

/** Only what is not so already; what is to be taken away is null. */
function changedProps(row: NodeRow | undefined, set: OpenLineageSet): OpenLineageSet {
  const props = row?.props ?? {};
  return Object.fromEntries(
    Object.entries(set).filter(([key, value]) => {
      const before = props[key];
      if (before === undefined) return value !== null;
      if (typeof before === 'string' && typeof value === 'string') return before !== value;
      return canonicalJson(before) !== canonicalJson(value as Json);
    }),
  );
}

import { sha256 } from '../domain/digest.ts';
import { compareText, type EdgeRow, type ThinNode } from '../domain/lineage/graph-rows.ts';
import type { DatasetName } from '../domain/lineage/named-dataset.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import type { WalkQuery } from '../ports/lineage-store.ts';
import type { ColumnOwner, ColumnStore } from './column-sources.ts';
import { opaqueIdOf } from './opaque-ids.ts';
import { mayRead } from './readable-by.ts';
import {
  type ReadableWalk,
  restrictWalk,
  type WalkEdge,
  type WalkElement,
} from './restrict-walk.ts';
import type { ColumnTransformation } from './told-columns.ts';

/** A column that the reader may know of, or what stands for those that they may not. */
export interface ColumnElement {
  readonly id: string;
  readonly depth: number;
  /** Null in what stands for hidden columns, as is everything behind it. */
  readonly column: string | null;
  readonly version: NodeId | null;
  readonly dataset: NodeId | null;
  /** The name that a dataset was given of which no version is known. */
  readonly named: DatasetName | null;
}

/** One column came from another. What a step to or from hidden columns was, is not told. */
export interface ColumnStep {
  readonly from: string;
  readonly to: string;
  /** Null also where the reader may not read the run. */
  readonly run: NodeId | null;
  readonly transformations: readonly ColumnTransformation[];
}

/** A column of a walk, whoever may see it. */
export interface ColumnNode {
  readonly id: string;
  readonly owner: ColumnOwner;
  readonly column: string;
  readonly depth: number;
}

export interface ReachedColumns {
  readonly nodes: readonly ColumnNode[];
  readonly steps: readonly ColumnStep[];
  readonly truncated: boolean;
  readonly frontier: readonly string[];
}

export interface ColumnWalkSource extends ColumnStore {
  /** Secret of the hub for the ids of what stands for hidden columns. */
  readonly secret: Uint8Array;
}

const HIDDEN = { column: null, version: null, dataset: null, named: null };
/** What belongs to nobody known is in no reader's scope but that of who reads everything. */
const NOBODY = 'nobody';
/** Columns have no times of their own. */
const NO_TIME = '0001-01-01T00:00:00.000000Z' as Instant;

/** Columns in the form of a walk, so that what is hidden is hidden as in every other walk. */
export class ColumnGraph {
  readonly #reached: ReachedColumns;
  readonly #source: ColumnWalkSource;
  readonly #nodes: ReadonlyMap<string, ColumnNode>;

  constructor(reached: ReachedColumns, source: ColumnWalkSource) {
    this.#reached = reached;
    this.#source = source;
    this.#nodes = new Map(reached.nodes.map((node) => [node.id, node]));
  }

  shown(direction: WalkQuery['direction']): ReadableWalk {
    const { nodes, steps, truncated, frontier } = this.#reached;
    const { reader } = this.#source;
    const all = [...nodes].sort((a, b) => a.depth - b.depth || compareText(a.id, b.id));
    const hidden = all.filter((node) => !mayRead(reader, thinOf(node)));
    const edges = [...steps.map(({ from, to }, at) => edgeOf(from, to, at)), ...joined(hidden)];
    const walk = { nodes: all.map(thinOf), edges, truncated, frontier };
    return restrictWalk(walk, {
      direction,
      mayRead: (node) => mayRead(reader, node),
      opaqueId: (id) => this.#opaqueId(id),
    });
  }

  element({ id, depth, ...element }: WalkElement): ColumnElement {
    const node = 'restricted' in element ? undefined : this.#nodes.get(id);
    if (node === undefined) return { id, depth, ...HIDDEN };
    const { owner, column } = node;
    const dataset = owner.node === null ? null : owner.dataset;
    return { id, depth, column, version: owner.version, dataset, named: owner.named };
  }

  step({ from, to, since }: WalkEdge): ColumnStep {
    const step = since === null ? undefined : this.#reached.steps[since];
    return step ?? { from, to, run: null, transformations: [] };
  }

  /**
   * The same for all columns of a version. It leads nowhere: behind an id that could be walked
   * from, a dataset that is there would differ from one that was only named.
   */
  #opaqueId(id: string): string {
    const { reader, secret } = this.#source;
    const { key } = (this.#nodes.get(id) as ColumnNode).owner;
    return opaqueIdOf(`columns of ${sha256(key)}`, { reader: reader.actor.ref, secret });
  }
}

function thinOf({ id, owner, depth }: ColumnNode): ThinNode & { readonly depth: number } {
  const kind = owner.version === null ? 'DATASET' : 'DATASET_VERSION';
  const project = owner.project ?? NOBODY;
  return { id, kind, project, name: '', since: 0, recordedAt: NO_TIME, depth };
}

/** `since` says which step it is. */
function edgeOf(from: string, to: string, since: number): EdgeRow {
  const times = { recordedAt: NO_TIME, validFrom: NO_TIME, validTo: null };
  return { kind: 'WAS_DERIVED_FROM', from, to, since, until: null, ...times };
}

/** Hidden columns of one owner count as connected, so that they are one element. */
function joined(hidden: readonly ColumnNode[]): EdgeRow[] {
  const first = new Map<string, string>();
  return hidden.flatMap(({ id, owner: { key } }) => {
    const to = first.get(key);
    if (to !== undefined) return [edgeOf(id, to, 0)];
    first.set(key, id);
    return [];
  });
}

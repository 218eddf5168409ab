import { invalidInput } from '../domain/errors.ts';
import { compareText, type LogIndex } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { AsKnown } from '../ports/lineage-store.ts';
import {
  type ColumnElement,
  ColumnGraph,
  type ColumnNode,
  type ColumnStep,
  type ColumnWalkSource,
  type ReachedColumns,
} from './column-graph.ts';
import {
  type ColumnOwner,
  SourcesOfVersion,
  sourcesOfVersions,
  thinVersion,
  versionOwner,
} from './column-sources.ts';
import { cutWalk } from './cut-walk.ts';
import { EdgesAround, rowsOf } from './edges-around.ts';
import { type ColumnTransformation, TRANSFORMATIONS_MAX } from './told-columns.ts';

/** Most steps that a walk along columns takes. */
export const COLUMN_DEPTH_MAX = 100;
/** Most columns that one page holds. */
export const COLUMNS_PAGE_MAX = 1_000;
/** Most columns that one walk goes through. */
export const COLUMNS_WALKED_MAX = 10_000;
/** Most edges between columns that one walk looks at. */
export const COLUMN_EDGES_MAX = 50_000;
/** Most versions that one walk reads the facets of. */
export const COLUMN_VERSIONS_MAX = 1_000;
/** Versions that are read at once. */
const VERSIONS_AT_ONCE = 20;

export interface ColumnQuestion {
  readonly version: NodeId;
  /** All columns of the version when null. */
  readonly column: string | null;
  readonly direction: 'UPSTREAM' | 'DOWNSTREAM';
  readonly depth: number;
  readonly first: number;
  readonly times: AsKnown;
  readonly after?: ColumnsPlace | undefined;
}

/** A place within the walk: the log index that it is made at, and how many columns were shown. */
export type ColumnsPlace = readonly [knownAt: LogIndex, shown: number];

export interface ColumnPage {
  readonly columns: readonly ColumnElement[];
  readonly edges: readonly ColumnStep[];
  readonly truncated: boolean;
  readonly next: ColumnsPlace | null;
}

/**
 * What a column came from, or what came from it: from a column of a version through the run that
 * made the version to columns of the versions which that run used, and on. Visibility is that of
 * walks: connected runs of hidden columns are one element each, and all columns of one hidden
 * version count as connected, so that nothing tells how many there are.
 */
export async function columnLineage(
  question: ColumnQuestion,
  source: ColumnWalkSource,
): Promise<ColumnPage> {
  checkWithin('depth', question.depth, COLUMN_DEPTH_MAX);
  checkWithin('first', question.first, COLUMNS_PAGE_MAX);
  const { times, after, first, direction } = question;
  const knownAt = after?.[0] ?? times.knownAt ?? (await source.store.head()).size - 1;
  const walk = new ColumnWalk({ ...question, times: { ...times, knownAt } }, source);
  const graph = new ColumnGraph(await walk.reached(), source);
  const page = cutWalk(graph.shown(direction), { from: after?.[1] ?? 0, first });
  return {
    columns: page.nodes.map((node) => graph.element(node)),
    edges: page.edges.map((edge) => graph.step(edge)),
    truncated: page.truncated,
    next: page.next === null ? null : [knownAt, page.next],
  };
}

function checkWithin(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  throw invalidInput(`${name} is a whole number from 1 to ${most}, not ${value}`);
}

/** The columns reached from some, breadth first, whoever may see them. */
class ColumnWalk {
  readonly #question: ColumnQuestion;
  readonly #source: ColumnWalkSource;
  readonly #around: EdgesAround;
  readonly #nodes = new Map<string, ColumnNode>();
  readonly #steps = new Map<
    string,
    ColumnStep & { readonly transformations: ColumnTransformation[] }
  >();
  #looked = 0;
  readonly #sources = new Map<NodeId, SourcesOfVersion>();
  /** The versions that were made by runs that used a version. */
  readonly #made = new Map<NodeId, readonly NodeId[]>();
  readonly #owners = new Map<NodeId, ColumnOwner>();
  readonly #frontier = new Set<string>();
  #isCut = false;

  constructor(question: ColumnQuestion, source: ColumnWalkSource) {
    this.#question = question;
    this.#source = source;
    this.#around = new EdgesAround(source.store, question.times);
  }

  async reached(): Promise<ReachedColumns> {
    const { depth, direction } = this.#question;
    let level = await this.#roots();
    for (let at = 0; level.length > 0; at += 1) {
      // One more round than steps tells whether anything was kept out.
      const round = at === depth ? 'beyond' : 'within';
      const next =
        direction === 'UPSTREAM'
          ? await this.#upstream(level, round)
          : await this.#downstream(level, round);
      level = round === 'beyond' || this.#isCut ? [] : sorted(next);
    }
    const truncated = this.#isCut || this.#around.isCut || this.#frontier.size > 0;
    const [nodes, steps] = [[...this.#nodes.values()], [...this.#steps.values()]];
    return { nodes, steps, truncated, frontier: [...this.#frontier] };
  }

  async #roots(): Promise<ColumnNode[]> {
    const { version, column } = this.#question;
    await this.#load([version]);
    const owner = this.#owners.get(version);
    if (owner === undefined) return [];
    const names = column === null ? (this.#sources.get(version)?.names ?? []) : [column];
    return names.flatMap((name) => this.#reach(owner, name, 0) ?? []);
  }

  async #upstream(level: readonly ColumnNode[], round: Round): Promise<ColumnNode[]> {
    await this.#load(level.flatMap(({ owner }) => owner.version ?? []));
    const next: ColumnNode[] = [];
    for (const node of level) {
      const sources = node.owner.version && this.#sources.get(node.owner.version);
      for (const { owners, field, ...how } of sources ? sources.of(node.column) : []) {
        for (const owner of owners) {
          const other = { owner, column: field };
          const made = this.#step(node, other, { ...how, from: node, to: other, round });
          if (made === 'full') return next;
          if (made) next.push(made);
        }
      }
    }
    return next;
  }

  async #downstream(level: readonly ColumnNode[], round: Round): Promise<ColumnNode[]> {
    const versions = level.flatMap(({ owner }) => owner.version ?? []);
    await this.#loadMade(versions);
    await this.#load(versions.flatMap((id) => this.#made.get(id) ?? []));
    const next: ColumnNode[] = [];
    for (const node of level) {
      const from = node.owner.version;
      for (const id of (from && this.#made.get(from)) ?? []) {
        const owner = this.#owners.get(id);
        const sources = this.#sources.get(id);
        if (owner === undefined || sources === undefined) continue;
        for (const [column, { run, transformations }] of sources.from(String(from), node.column)) {
          const other = { owner, column };
          const how = { run, transformations, from: other, to: node, round };
          const made = this.#step(node, other, how);
          if (made === 'full') return next;
          if (made) next.push(made);
        }
      }
    }
    return next;
  }

  /** Goes from a column to another one; the other where it is a new one. */
  #step(node: ColumnNode, other: Place, how: Step): ColumnNode | null | 'full' {
    const known = this.#nodes.has(idOf(other));
    if (!known && how.round === 'beyond') {
      this.#frontier.add(node.id);
      return null;
    }
    this.#looked += 1;
    if (this.#looked > COLUMN_EDGES_MAX) {
      this.#isCut = true;
      this.#frontier.add(node.id);
      return 'full';
    }
    const made = known ? null : this.#reach(other.owner, other.column, node.depth + 1);
    if (!known && made === null) {
      this.#frontier.add(node.id);
      return null;
    }
    this.#take(how);
    return made;
  }

  #take({ run, transformations, ...how }: Step): void {
    const ends = { from: idOf(how.from), to: idOf(how.to) };
    const key = JSON.stringify([ends.from, ends.to, run]);
    const step = this.#steps.get(key) ?? { ...ends, run, transformations: [] };
    const left = TRANSFORMATIONS_MAX - step.transformations.length;
    step.transformations.push(...transformations.slice(0, left));
    this.#steps.set(key, step);
  }

  #reach(owner: ColumnOwner, column: string, depth: number): ColumnNode | null {
    const id = idOf({ owner, column });
    if (this.#nodes.size >= COLUMNS_WALKED_MAX) {
      this.#isCut = true;
      return null;
    }
    const node = { id, owner, column, depth };
    this.#nodes.set(id, node);
    return node;
  }

  async #load(ids: readonly NodeId[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#sources.has(id)).sort(compareText);
    const left = Math.max(0, COLUMN_VERSIONS_MAX - this.#sources.size);
    if (missing.length > left) this.#isCut = true;
    const read = missing.slice(0, left);
    for (let start = 0; start < read.length; start += VERSIONS_AT_ONCE) {
      const part = read.slice(start, start + VERSIONS_AT_ONCE);
      const rows = await rowsOf(part, this.#source.store, thinVersion);
      for (const [id, row] of rows) this.#owners.set(id, versionOwner(row));
      const sources = await sourcesOfVersions(part, this.#around, this.#source);
      for (const id of part) this.#sources.set(id, sources.get(id) ?? NO_SOURCES);
    }
  }

  async #loadMade(ids: readonly NodeId[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#made.has(id));
    const readers = await this.#around.of('IN', 'USED', missing);
    const runs = [...readers.values()].flat();
    const made = await this.#around.of('IN', 'WAS_GENERATED_BY', runs);
    for (const id of missing) {
      const versions = (readers.get(id) ?? []).flatMap((run) => made.get(run) ?? []);
      this.#made.set(id, [...new Set(versions)].sort(compareText));
    }
  }
}

/** Whether what is found is within the depth, or only tells that there is more. */
type Round = 'within' | 'beyond';

type Place = Pick<ColumnNode, 'owner' | 'column'>;

interface Step extends Pick<ColumnStep, 'run' | 'transformations'> {
  readonly from: Place;
  readonly to: Place;
  readonly round: Round;
}

const NO_SOURCES = new SourcesOfVersion([], []);

function idOf({ owner, column }: Place): string {
  return `${owner.key}/${column}`;
}

function sorted(nodes: readonly ColumnNode[]): ColumnNode[] {
  return [...nodes].sort((a, b) => compareText(a.id, b.id));
}

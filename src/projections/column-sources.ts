import { compareText, type NodeRow, type ThinNode } from '../domain/lineage/graph-rows.ts';
import { type DatasetName, namedDatasetId } from '../domain/lineage/named-dataset.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import { type EdgesAround, rowsOf, wholeRow } from './edges-around.ts';
import { mayRead, type Reader } from './readable-by.ts';
import {
  type ColumnSource,
  type ColumnTransformation,
  columnLineageOf,
  columnsOfSchema,
  isObject,
  listOf,
  type ToldColumnLineage,
} from './told-columns.ts';
import type { WalkSource } from './walk-lineage.ts';

/** Most runs that made one version, of which is read what they say of its columns. */
const MAKERS_MAX = 20;

/** What a column is one of: a version, or a dataset of which it is not known which was used. */
export interface ColumnOwner {
  /** Tells owners apart; no reader gets to see it of what they may not read. */
  readonly key: string;
  readonly version: NodeId | null;
  readonly dataset: NodeId | null;
  /** Null where the hub has no node of the dataset, which somebody only named. */
  readonly node: ThinNode | null;
  /** The project that it belongs to, also where there is no node; null where nobody knows. */
  readonly project: NodeId | null;
  readonly named: DatasetName | null;
}

/** Where one column came from, by what a run or a version says. */
export interface ResolvedSource {
  readonly owners: readonly ColumnOwner[];
  readonly field: string;
  readonly run: NodeId | null;
  readonly transformations: readonly ColumnTransformation[];
}

/** A column of a version, and one of how it came from another one. */
export type CameFrom = readonly [column: string, source: ResolvedSource];

/** Where the columns of a version came from. */
export class SourcesOfVersion {
  /** Columns that the version's schema or its lineage names. */
  readonly names: readonly string[];
  readonly #columns = new Map<string, ResolvedSource[]>();
  readonly #ofAll: readonly ResolvedSource[];
  #bySource: Map<string, { readonly some: CameFrom[]; readonly all: ResolvedSource[] }> | null =
    null;

  constructor(names: Iterable<string>, told: readonly ResolvedTelling[]) {
    for (const [column, sources] of told.flatMap(({ columns }) => columns)) {
      const known = this.#columns.get(column);
      if (known) known.push(...sources);
      else this.#columns.set(column, [...sources]);
    }
    this.names = [...new Set([...names, ...this.#columns.keys()])].sort(compareText);
    this.#ofAll = told.flatMap(({ ofAll }) => ofAll);
  }

  *of(column: string): Iterable<ResolvedSource> {
    yield* this.#columns.get(column) ?? [];
    yield* this.#ofAll;
  }

  /** The columns that came from a column of another version, each with how. */
  *from(version: NodeId, field: string): Iterable<CameFrom> {
    this.#bySource ??= this.#turned();
    const { some, all } = this.#bySource.get(`${version}/${field}`) ?? { some: [], all: [] };
    yield* some;
    for (const source of all) for (const column of this.names) yield [column, source];
  }

  #turned() {
    const turned = new Map<string, { readonly some: CameFrom[]; readonly all: ResolvedSource[] }>();
    const add = (column: string | null, source: ResolvedSource) => {
      for (const { version } of source.owners) {
        if (version === null) continue;
        const key = `${version}/${source.field}`;
        const known = turned.get(key) ?? { some: [], all: [] };
        turned.set(key, known);
        if (column === null) known.all.push(source);
        else known.some.push([column, source]);
      }
    };
    for (const [column, sources] of this.#columns)
      for (const source of sources) add(column, source);
    for (const source of this.#ofAll) add(null, source);
    return turned;
  }
}

interface ResolvedTelling {
  readonly columns: ReadonlyArray<readonly [string, readonly ResolvedSource[]]>;
  readonly ofAll: readonly ResolvedSource[];
}

/** What is kept of a run: rows of runs may hold megabytes of what they say of their inputs. */
interface ThinRun {
  readonly id: NodeId;
  readonly project: NodeId | null;
  readonly mayRead: boolean;
  /** The datasets that it read, by their names. */
  readonly reads: ReadonlyMap<string, NodeId>;
  /** What it says of datasets that it may not describe, by their ids. */
  readonly told: ReadonlyMap<NodeId, ToldColumnLineage>;
}

/** What is said of a version's columns, and what the datasets that it names are found by. */
interface Telling {
  readonly version: NodeRow;
  readonly run: ThinRun | null;
  readonly told: ToldColumnLineage;
  readonly datasets: readonly NodeId[];
}

export interface ColumnStore extends Pick<WalkSource, 'store' | 'reader'> {
  readonly org: string;
}

/** Reads where the columns of some versions came from. What a hidden run says tells nothing. */
export async function sourcesOfVersions(
  ids: readonly NodeId[],
  around: EdgesAround,
  source: ColumnStore,
): Promise<Map<NodeId, SourcesOfVersion>> {
  const rows = (await rowsOf(ids, source.store, wholeRow)).values();
  const versions = [...rows].filter(({ kind }) => kind === 'DATASET_VERSION');
  const made = await around.of('OUT', 'WAS_GENERATED_BY', ids);
  const makers = new Map([...made].map(([id, all]) => [id, all.slice(0, MAKERS_MAX)]));
  if ([...made.values()].some(({ length }) => length > MAKERS_MAX)) around.isCut = true;
  const runs = await rowsOf([...makers.values()].flat(), source.store, (row) =>
    thinRun(row, source.reader),
  );
  const tellings = versions.flatMap((version) =>
    tellingsOf(
      version,
      (makers.get(version.id) ?? []).flatMap((id) => runs.get(id) ?? []),
    ),
  );
  const resolver = await openResolver(tellings, around, source);
  return new Map(
    versions.map((version) => {
      const own = tellings.filter((telling) => telling.version === version);
      const names = columnsOfSchema(version.props.facet_schema).map(({ name }) => name);
      const told = own.map((each) => resolver.resolve(each));
      return [version.id, new SourcesOfVersion(names, told)];
    }),
  );
}

function tellingsOf(version: NodeRow, makers: readonly ThinRun[]): Telling[] {
  const prop = version.props.facet_columnLineage;
  const told = columnLineageOf(prop);
  const runs = makers.length === 0 ? [null] : makers;
  const datasets = isObject(prop) ? ((prop.datasets ?? []) as readonly NodeId[]) : [];
  const own = told === null ? [] : runs.map((run) => ({ version, run, told, datasets }));
  const byRuns = makers.flatMap((run) => {
    const said = run.mayRead ? run.told.get(String(version.props.collection)) : undefined;
    return said === undefined ? [] : [{ version, run, told: said, datasets: [] }];
  });
  return [...own, ...byRuns];
}

function thinRun({ props, ...row }: NodeRow, reader: Reader): ThinRun {
  const reads = listOf(props.reads).map(({ dataset, namespace, name }) => {
    const key = keyOf({ namespace: String(namespace), name: String(name) });
    return [key, String(dataset)] as const;
  });
  const told = listOf(props.writes).flatMap(({ dataset, told: facets }) => {
    const facet = listOf(facets).find(({ name }) => name === 'columnLineage');
    const lineage = columnLineageOf(facet);
    return lineage === null ? [] : [[String(dataset), lineage] as const];
  });
  const { id, project } = row;
  const may = mayRead(reader, row);
  return { id, project, mayRead: may, reads: new Map(reads), told: new Map(told) };
}

async function openResolver(
  tellings: readonly Telling[],
  around: EdgesAround,
  { org, store }: ColumnStore,
): Promise<Resolver> {
  const runs = tellings.flatMap(({ run }) => run?.id ?? []);
  const used = await around.of('OUT', 'USED', runs);
  const versions = await rowsOf([...used.values()].flat(), store, thinVersion);
  const ids = tellings.flatMap(({ run, datasets }) => [
    ...datasets,
    ...(run?.reads.values() ?? []),
  ]);
  const named = await rowsOf(ids, store, thinDataset);
  const out = await around.of('OUT', 'ALTERNATE_OF', [...named.keys()]);
  const into = await around.of('IN', 'ALTERNATE_OF', [...named.keys()]);
  const alternates = (id: NodeId) => [...(out.get(id) ?? []), ...(into.get(id) ?? [])];
  return new Resolver({ org, used, versions, named, alternates });
}

interface Known {
  readonly org: string;
  readonly used: ReadonlyMap<NodeId, readonly NodeId[]>;
  readonly versions: ReadonlyMap<NodeId, ThinVersion>;
  readonly named: ReadonlyMap<NodeId, ThinDataset>;
  readonly alternates: (id: NodeId) => readonly NodeId[];
}

/** Finds the versions that a run used of the datasets that it names. */
class Resolver {
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  resolve(telling: Telling): ResolvedTelling {
    const { run, told } = telling;
    const naming = { telling, datasets: this.#datasetsOf(telling), used: this.#usedBy(telling) };
    const owners = new Map<string, readonly ColumnOwner[]>();
    const resolved = ({ namespace, name, field, transformations }: ColumnSource) => {
      const key = keyOf({ namespace, name });
      const known = owners.get(key) ?? this.#ownersOf({ namespace, name }, naming);
      owners.set(key, known);
      return { owners: known, field, run: run?.mayRead ? run.id : null, transformations };
    };
    return {
      columns: [...told.columns].map(([column, all]) => [column, all.map(resolved)] as const),
      ofAll: told.ofAll.map(resolved),
    };
  }

  /** The ids of datasets by the names that the telling may mean them by. */
  #datasetsOf({ run, datasets }: Telling): Map<string, NodeId> {
    const ids = new Map<string, NodeId>();
    for (const id of datasets) {
      const named = this.#known.named.get(id)?.named;
      if (named) ids.set(keyOf(named), id);
    }
    for (const [key, id] of run?.reads ?? []) ids.set(key, id);
    return ids;
  }

  #usedBy({ run }: Telling): Map<NodeId, ThinVersion[]> {
    const used = new Map<NodeId, ThinVersion[]>();
    for (const id of (run && this.#known.used.get(run.id)) ?? []) {
      const version = this.#known.versions.get(id);
      if (version === undefined) continue;
      used.set(version.of, [...(used.get(version.of) ?? []), version]);
    }
    return used;
  }

  #ownersOf(named: DatasetName, { telling, datasets, used }: Naming): readonly ColumnOwner[] {
    const id = datasets.get(keyOf(named));
    if (id === undefined) return [this.#unmadeOwner(named, telling)];
    const names = [id, ...this.#known.alternates(id)];
    const versions = used.get(id) ?? names.flatMap((other) => used.get(other) ?? []);
    if (versions.length > 0) return [...new Set(versions)].map(versionOwner);
    const dataset = this.#known.named.get(id);
    return [dataset ? datasetOwner(dataset, named) : this.#unmadeOwner(named, telling)];
  }

  /** Only named so far. It belongs to a project of those who speak, or nobody knows to whom. */
  #unmadeOwner(named: DatasetName, { version, run, datasets }: Telling): ColumnOwner {
    const projects = [version.project, run?.project].flatMap((id) => id ?? []);
    const project = projects.find((owner) =>
      datasets.includes(namedDatasetId(this.#known.org, owner, named)),
    );
    const key = `named by ${version.id}: ${keyOf(named)}`;
    return { key, version: null, dataset: null, node: null, project: project ?? null, named };
  }
}

interface Naming {
  readonly telling: Telling;
  readonly datasets: ReadonlyMap<string, NodeId>;
  readonly used: ReadonlyMap<NodeId, readonly ThinVersion[]>;
}

function keyOf({ namespace, name }: DatasetName): string {
  return canonicalJson([namespace, name]);
}

export function versionOwner({ node, of }: ThinVersion): ColumnOwner {
  const { id, project } = node;
  return { key: id, version: id, dataset: of, node, project, named: null };
}

function datasetOwner({ node }: ThinDataset, named: DatasetName): ColumnOwner {
  const { id, project } = node;
  return { key: id, version: null, dataset: id, node, project, named };
}

/** What is kept of versions and datasets, whose rows may hold megabytes of facets. */
export interface ThinVersion {
  readonly node: ThinNode;
  readonly of: NodeId;
}

interface ThinDataset {
  readonly node: ThinNode;
  readonly named: DatasetName | null;
}

export function thinVersion(row: NodeRow): ThinVersion {
  return { node: thin(row), of: String(row.props.collection) };
}

function thinDataset(row: NodeRow): ThinDataset {
  const { namespace, ownName: name } = row.props;
  const isNamed = typeof namespace === 'string' && typeof name === 'string';
  return { node: thin(row), named: isNamed ? { namespace, name } : null };
}

function thin({ id, kind, project, name, since, recordedAt }: NodeRow): ThinNode {
  return { id, kind, project, name, since, recordedAt };
}

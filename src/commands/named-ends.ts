import { invalidInput } from '../domain/errors.ts';
import {
  checkDatasetName,
  fullNameOf,
  type NamedVersion,
  namedDatasetId,
  namedVersionIncarnations,
} from '../domain/lineage/named-dataset.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { GraphView } from '../ledger/command.ts';
import { currentId } from './placing.ts';

/** Versions that a run read or made, as their stores name them. */
export interface NamedEnds {
  readonly inputDatasets?: readonly NamedVersion[];
  readonly outputDatasets?: readonly NamedVersion[];
  /** Who owns which of these namespaces; the others are the run's project's own. */
  readonly owners?: ReadonlyMap<string, NodeId>;
}

/** Where the run belongs; null while that is not known. */
export interface EndsPlace {
  readonly org: string;
  readonly project: NodeId | null;
  readonly view: GraphView;
}

/** One named version with the ids that its name has, whether it is there or not. */
export interface NamedEnd {
  readonly dataset: {
    readonly id: NodeId;
    readonly project: NodeId;
    readonly name: string;
    readonly namespace: string;
    readonly ownName: string;
  };
  readonly version: {
    readonly id: NodeId;
    readonly dataset: NodeId;
    readonly project: NodeId;
    readonly name: string;
    readonly digest: string;
  };
  /** The version that had this content first; another one than `version` when it was deleted. */
  readonly first: NodeId;
}

export interface ResolvedEnds {
  readonly inputs: readonly NamedEnd[];
  readonly outputs: readonly NamedEnd[];
}

/** What the names mean. Those whose owner is not known yet are left out. */
export function resolveEnds(ends: NamedEnds, place: EndsPlace): ResolvedEnds {
  const all = (named: readonly NamedVersion[] = []) =>
    named.flatMap((one) => endOf(one, ends.owners, place) ?? []);
  return { inputs: all(ends.inputDatasets), outputs: all(ends.outputDatasets) };
}

function endOf(
  { digest, ...given }: NamedVersion,
  owners: NamedEnds['owners'],
  { org, project: own, view }: EndsPlace,
): NamedEnd | null {
  const named = checkDatasetName(given);
  const project = owners?.get(named.namespace) ?? own;
  if (project === null) return null;
  const id = namedDatasetId(org, project, named);
  const name = fullNameOf(named);
  const idOf = namedVersionIncarnations(org, id, digest);
  return {
    dataset: { id, project, name, namespace: named.namespace, ownName: named.name },
    version: {
      id: currentId(view, idOf),
      dataset: id,
      project,
      name: `${name}@${digest}`,
      digest,
    },
    first: idOf(0),
  };
}

/** Refuses what is named as read and as made, in the words that it was named in. */
export function refuseBothEnds({ inputs, outputs }: ResolvedEnds): void {
  const made = new Set(outputs.map(({ version }) => version.id));
  const both = inputs.find(({ version }) => made.has(version.id));
  if (!both) return;
  throw invalidInput(`${both.version.name} is named as an input and as an output of the run`);
}

/** The datasets and versions among these that are not there yet, each once. */
export function missingEnds(ends: readonly NamedEnd[], view: GraphView) {
  const missing = <T extends { readonly id: NodeId }>(all: readonly T[]): T[] => {
    const fresh = all.filter(({ id }) => view.node(id) === undefined);
    return [...new Map(fresh.map((one) => [one.id, one])).values()];
  };
  return {
    datasets: missing(ends.map(({ dataset }) => dataset)),
    versions: missing(ends.map(({ version }) => version)),
  };
}

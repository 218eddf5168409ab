import type { OpenLineageSet } from '../domain/audit/facts/openlineage.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { ToldEvent, ToldFacet } from '../domain/lineage/told-event.ts';
import type { GraphView } from '../ledger/command.ts';
import { type MayWrite, namedWithRights } from './told-alternates.ts';
import type { Ends } from './told-ends.ts';
import { type NamedToldEnd, runVersionId, type ToldNames } from './told-names.ts';
import {
  NOTHING_TOLD,
  TOLD,
  type ToldNodes,
  type ToldOf,
  type VersionToPut,
} from './told-nodes.ts';

interface EndsPlace {
  readonly org: string;
  readonly names: ToldNames;
  readonly event: ToldEvent;
  readonly view: GraphView;
  readonly mayWrite: MayWrite;
  /** What the run writes from now on. */
  readonly writes: Ends;
}

/** Makes the datasets and versions that an event names, with what it may say of them. */
export function putEnds(nodes: ToldNodes, place: EndsPlace): void {
  const { names, mayWrite } = place;
  const byDataset = new Map<NodeId, NamedToldEnd[]>();
  // Outputs last: what is said of them counts more, as it does between events of one time.
  for (const end of [...names.ends].sort((a, b) => rankOfRole(a) - rankOfRole(b))) {
    byDataset.set(end.of.id, [...(byDataset.get(end.of.id) ?? []), end]);
  }
  for (const ends of byDataset.values()) {
    const { of } = ends[0] as NamedToldEnd;
    const may = mayWrite(of.owner);
    const others = ends.flatMap((end) => namedWithRights(end, mayWrite));
    nodes.dataset(
      of,
      toldOf(ends, ({ facets }) => facets),
      may ? others : null,
    );
    putVersions(nodes, ends, place);
  }
  // All other names get their nodes, also of an event that does not count any more: which nodes
  // there are must not depend on what came first.
  for (const end of names.ends) {
    if (!mayWrite(end.of.owner)) continue;
    for (const other of namedWithRights(end, mayWrite)) nodes.bareDataset(other);
  }
}

function rankOfRole({ role }: NamedToldEnd): number {
  return role === 'OUTPUT' ? 1 : 0;
}

function putVersions(nodes: ToldNodes, ends: readonly NamedToldEnd[], place: EndsPlace): void {
  const { mayWrite, view } = place;
  const versions = new Map<NodeId, { of: VersionToPut; ends: NamedToldEnd[] }>();
  for (const end of ends) {
    const of = versionOf(end, place);
    if (of === null) continue;
    versions.set(of.id, { of, ends: [...(versions.get(of.id)?.ends ?? []), end] });
  }
  for (const { of, ends: told } of versions.values()) {
    const may = mayWrite(of.dataset.owner);
    const said = toldOf(told, ({ role, facets, ownFacets }) =>
      role === 'INPUT' ? facets : [...facets, ...ownFacets],
    );
    nodes.version(may ? of : { ...of, set: bareSet(of) }, may ? said : NOTHING_TOLD);
  }
  supersede(nodes, ends, { ...place, view });
}

/** The version that an end is: the stated one, or of an output the one of its run. */
function versionOf(end: NamedToldEnd, { org, names, writes }: EndsPlace): VersionToPut | null {
  const { of: dataset, statedId, version, role } = end;
  if (statedId !== null && version !== null) {
    const set = { ...TOLD, stated: version };
    return { id: statedId, dataset, identity: 'stated', called: version, set };
  }
  if (role !== 'OUTPUT' || names.run === null) return null;
  const id = runVersionId(org, dataset.id, names.run.id);
  const isSuperseded = (writes.get(dataset.id)?.stated.length ?? 0) > 0;
  const set = isSuperseded ? { ...TOLD, superseded: true as const } : TOLD;
  return { id, dataset, identity: 'run', called: names.run.name, set };
}

/** A version of a run is no more one of its own once somebody states which version it wrote. */
function supersede(nodes: ToldNodes, ends: readonly NamedToldEnd[], place: EndsPlace): void {
  const { org, names, view, mayWrite } = place;
  for (const { of: dataset, role, statedId } of ends) {
    if (role !== 'OUTPUT' || statedId === null || names.run === null) continue;
    const id = runVersionId(org, dataset.id, names.run.id);
    if (view.node(id) === undefined || !mayWrite(dataset.owner)) continue;
    const set = { ...TOLD, superseded: true as const };
    nodes.version({ id, dataset, identity: 'run', called: names.run.name, set }, NOTHING_TOLD);
  }
}

function bareSet({ set }: VersionToPut): OpenLineageSet {
  const stated = set?.stated;
  return stated === undefined ? {} : { stated };
}

/** What several ends say of one node; of facets of one name the last counts. */
function toldOf(
  ends: readonly NamedToldEnd[],
  of: (end: NamedToldEnd) => readonly ToldFacet[],
): ToldOf {
  const told = new Map(ends.flatMap(of).map((facet) => [facet.name, facet]));
  const role = ends.some((end) => end.role === 'OUTPUT') ? 'OUTPUT' : 'INPUT';
  const datasets = new Set(ends.flatMap((end) => end.columnDatasets));
  return { told: [...told.values()], role, datasets: [...datasets] };
}

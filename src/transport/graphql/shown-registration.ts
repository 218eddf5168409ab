import { isDomainError } from '../../domain/errors.ts';
import type { LogIndex } from '../../domain/lineage/graph-rows.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { AsKnown } from '../../ports/lineage-store.ts';
import { registeredModelNamed } from '../../projections/find-registered-model.ts';
import type { GraphContext } from './graph-context.ts';
import { type ShownNode, showId, showThin } from './shown-node.ts';

/** A registration as resolvers pass it on. Its version may be read, or it is not shown at all. */
export interface ShownRegistration {
  readonly __typename: 'Registration';
  readonly id: NodeId;
  readonly number: number;
  readonly version: ShownNode;
  readonly model: NodeId;
  /** The fact that made it. */
  readonly since: LogIndex;
  readonly times: AsKnown;
}

/** The registration with this id, when both its registry and its version may be read. */
export async function showRegistration(
  id: NodeId,
  context: GraphContext,
  times: AsKnown = {},
): Promise<ShownRegistration | null> {
  const row = await context.loaders.node.load(id);
  if (row?.kind !== 'REGISTRATION') return null;
  const version = await showThin(String(row.props.version), context, times);
  if (version === null) return null;
  const { since, props } = row;
  const number = Number(props.registrationNumber);
  return {
    __typename: 'Registration',
    id,
    number,
    version,
    model: String(props.model),
    since,
    times,
  };
}

/** The registrations of a version, latest first. */
export async function showRegistrationsOf(
  { id, times }: ShownNode,
  context: GraphContext,
): Promise<ShownRegistration[]> {
  const ask = { id, direction: 'IN', kinds: ['REGISTERS'], ...times } as const;
  const edges = await context.loaders.edges.load(ask);
  const shown = await Promise.all(edges.map(({ from }) => showRegistration(from, context, times)));
  return shown.filter((each) => each !== null).sort((a, b) => b.since - a.since);
}

/**
 * The registered model that a text names, when it may be read. A name that several bear is a
 * mistake of whoever asks by it; another subgraph's reference by it just finds nothing.
 */
export async function showRegisteredModel(
  name: string,
  { ambiguous }: { readonly ambiguous: 'refused' | 'none' },
  context: GraphContext,
): Promise<ShownNode | null> {
  try {
    const { hub, reader } = context;
    const source = { org: hub.org, store: hub.store, reader };
    const id = await registeredModelNamed(name, source);
    return id === null ? null : showId(id, context);
  } catch (error) {
    const isRefused = isDomainError(error) && error.code === 'INVALID_INPUT';
    if (isRefused && ambiguous === 'none') return null;
    throw error;
  }
}

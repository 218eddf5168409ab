import { DomainError } from '../domain/errors.ts';
import {
  type Access,
  accessOf,
  isGranted,
  isPermitted,
  type Permission,
  type Place,
} from '../domain/governance/permissions.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Instant, instantFromMs } from '../domain/time.ts';
import type { GraphView } from './command.ts';
import type { DecisionPlace, Entry } from './decide-entry.ts';

/**
 * Refuses what the actor may not do, by the grants and the key as they are under the head lock:
 * a key or a grant that was revoked a moment ago is worth nothing any more.
 */
export function authorize({ command, input, request }: Entry, place: DecisionPlace): void {
  if (request.actor.kind === 'SYSTEM') return;
  const { overlay } = place;
  const agent = overlay.node(request.actor.ref);
  const access = accessOf(agent?.props ?? {}, request.actor.via, place.roles);
  // The clock decides what has expired: the log's time may have been pushed ahead once.
  const now = instantFromMs(place.clock.nowMs());
  refuseEndedKey(access, now);
  for (const requirement of command.requires(input, overlay)) {
    const { permission } = requirement;
    const at = 'of' in requirement ? placeOf(overlay, requirement.of) : requirement.place;
    const where = { place: at ?? {}, now };
    if (isPermitted(access, permission, where)) continue;
    const refusal = refusalOf(command.operation, { permission, at }, { access, now });
    const isSeen = !('of' in requirement) || isPermitted(access, 'record.read', where);
    if (isSeen) throw refusal;
    throw new HiddenRefusal(`there is no node with the id ${requirement.of}`, refusal);
  }
}

/** What is refused because it may not be seen shows as an unknown id, and is recorded as it is. */
export class HiddenRefusal extends DomainError {
  readonly recorded: DomainError;

  constructor(message: string, recorded: DomainError) {
    super('NOT_FOUND', message);
    this.recorded = recorded;
  }
}

/** A key may have ended since the door let it in. */
export function refuseEndedKey({ key }: Pick<Access, 'key'>, now: Instant): void {
  if (key?.revoked) throw new DomainError('KEY_REVOKED', 'the API key was revoked');
  if (key && key.expiresAt !== null && key.expiresAt <= now) {
    throw new DomainError('KEY_EXPIRED', `the API key expired at ${key.expiresAt}`);
  }
}

interface Missing {
  readonly permission: Permission;
  readonly at: Place | null;
}

function refusalOf(
  operation: string,
  { permission, at }: Missing,
  { access, now }: { readonly access: Access; readonly now: Instant },
): DomainError {
  const where = [at?.team, at?.project].filter(Boolean).join('/') || 'the organization';
  const details = { missing: [permission] };
  const needs = `${operation} needs ${permission} on ${where}`;
  if (!isGranted(access, permission, { place: at ?? {}, now })) {
    return new DomainError('FORBIDDEN', needs, { details });
  }
  const { actions, scope } = access.key ?? {};
  const good = [actions ? actions.join(', ') : null, scope ? `on ${scope}` : null];
  const fault = `${needs}; this API key is good for ${good.filter(Boolean).join(' ')} only`;
  return new DomainError('KEY_SCOPE', fault, { details });
}

/** The place that a node belongs to; null for one that is not there or belongs to no project. */
export function placeOf(view: GraphView, id: NodeId): Place | null {
  const row = view.node(id);
  const project = row?.project ? view.node(row.project) : undefined;
  return project ? { team: String(project.props.teamName), project: project.name } : null;
}

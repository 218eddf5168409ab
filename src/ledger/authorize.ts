import type { Actor } from '../domain/actor.ts';
import { DomainError } from '../domain/errors.ts';
import {
  type Access,
  accessOf,
  grantsThatGive,
  homeOf,
  isGranted,
  isPermitted,
  type Permission,
  type Place,
  type RoleTable,
  scopeOf,
} from '../domain/governance/permissions.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Instant, instantFromMs } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Command, CommandInput, GraphView, Requirement } from './command.ts';

/** A command, and who asks for it. */
export interface Asked {
  readonly command: Command<CommandInput>;
  readonly input: CommandInput;
  readonly request: { readonly actor: Actor };
}

/** What the rules are looked up in. */
export interface RulePlace {
  readonly overlay: GraphView;
  readonly roles: RoleTable;
  readonly clock: Clock;
}

/**
 * Refuses what the actor may not do, by the grants and the key as they are under the head lock:
 * a key or a grant that was revoked a moment ago is worth nothing any more.
 */
export function authorize({ command, input, request }: Asked, place: RulePlace): void {
  if (request.actor.kind === 'SYSTEM') return;
  const { overlay } = place;
  const props = overlay.node(request.actor.ref)?.props ?? {};
  const access = accessOf(props, request.actor.via, place.roles);
  // The clock decides what has expired: the log's time may have been pushed ahead once.
  const now = instantFromMs(place.clock.nowMs());
  refuseEndedKey(access, now);
  const who: Who = { access, now, home: homeOf(props) };
  for (const requirement of command.requires(input, overlay, request.actor)) {
    for (const wanted of wantedOf(requirement, place, who)) {
      refuseUnlessPermitted(command.operation, wanted, who);
      refuseUnlessLasting(command.operation, wanted, who);
    }
  }
}

/** Whether the actor may do something at the place of a node, as things are under the head lock. */
export function mayOf(
  { actor }: Asked['request'],
  { overlay, roles, clock }: RulePlace,
): (permission: Permission, node: NodeId) => boolean {
  if (actor.kind === 'SYSTEM') return () => true;
  let known: Pick<Who, 'access' | 'now'> | null = null;
  return (permission, node) => {
    known ??= {
      access: accessOf(overlay.node(actor.ref)?.props ?? {}, actor.via, roles),
      now: instantFromMs(clock.nowMs()),
    };
    const { access, now } = known;
    const place = placeOf(overlay, node);
    return place !== null && isPermitted(access, permission, { place, now });
  };
}

/** The same while things are still being loaded; what cannot be told yet is not permitted. */
export function mayAsKnown(
  { actor }: Asked['request'],
  place: RulePlace,
): (permission: Permission, node: NodeId) => boolean {
  const may = mayOf({ actor }, place);
  if (actor.kind === 'SYSTEM') return may;
  const { overlay } = place;
  return (permission, node) => {
    if (!overlay.knows(actor.ref) || !overlay.knows(node)) return false;
    const project = overlay.node(node)?.project ?? null;
    return project !== null && overlay.knows(project) && may(permission, node);
  };
}

/** A permission at a place that is worked out, or at the place of a node. */
interface Wanted {
  readonly permission: Permission;
  readonly at: Place | null;
  /** What a refusal calls the place, when it is not to be named as it is. */
  readonly shownAs?: string | undefined;
  /** Why it is asked for, where that is not plain to see. */
  readonly because?: string;
  readonly node?: NodeId;
  /** What the node is called to who may not know of it; its id, when left out. */
  readonly hiddenAs?: string | undefined;
  /** How long the rights must last, where being there now is not enough; null: for good. */
  readonly through?: Instant | null | undefined;
}

function wantedOf(requirement: Requirement, { overlay, roles }: RulePlace, who: Who): Wanted[] {
  if ('of' in requirement) {
    const { permission, of, hiddenAs } = requirement;
    const at = placeOf(overlay, of);
    const nowhere = hiddenAs ?? `${JSON.stringify(of)}, which is in no project`;
    return [{ permission, at, node: of, hiddenAs, shownAs: at === null ? nowhere : undefined }];
  }
  const { place: at, through } = requirement;
  if ('everythingOf' in requirement) {
    const role = requirement.everythingOf;
    const because = `one gives only what one has, and ${role} permits it`;
    return roles[role].map((permission) => ({ permission, at, because, through }));
  }
  const { permission, until = null, hiddenAs, because } = requirement;
  if (until !== null && until <= who.now) return [];
  const shownAs = mayKnow(who, at) ? undefined : hiddenAs;
  return [{ permission, at, shownAs, because, through }];
}

/** Where one is at home, and where one may read, is no secret. */
function mayKnow({ access, now, home }: Who, place: Place): boolean {
  return scopeOf(home) === scopeOf(place) || isPermitted(access, 'record.read', { place, now });
}

function refuseUnlessPermitted(operation: string, wanted: Wanted, who: Who): void {
  const where = { place: wanted.at ?? {}, now: who.now };
  if (isPermitted(who.access, wanted.permission, where)) return;
  const refusal = refusalOf(operation, wanted, who);
  const { node, hiddenAs } = wanted;
  if (node === undefined) throw refusal;
  if (isPermitted(who.access, 'record.read', where)) throw new NodeRefusal(node, refusal);
  throw new HiddenRefusal({ node, hiddenAs }, refusal);
}

/** What somebody gives must not outlast the rights that they give it by. */
function refuseUnlessLasting(operation: string, wanted: Wanted, { access, now }: Who): void {
  const { permission, through, at } = wanted;
  if (through === undefined) return;
  const place = at ?? {};
  const ends = grantsThatGive(access, permission, { place, now }).map(({ expiresAt }) => expiresAt);
  if (ends.some((end) => end === null || (through !== null && end >= through))) return;
  const until = ends.sort().at(-1);
  const text =
    `${operation}: what one gives ends no later than what one has, and ${permission} on ` +
    `${nameOf(place)} ends at ${until}; expiresAt may be that time at most`;
  const details = { missing: [permission], scope: scopeOf(place), until };
  throw new DomainError('FORBIDDEN', text, { details });
}

/**
 * A right is missing at one node, and the refusal is about that one alone: what else the request
 * names was not looked at, and whether it is there must not show in who may read the refusal.
 */
export class NodeRefusal extends DomainError {
  readonly node: NodeId;

  constructor(node: NodeId, { code, message, details }: DomainError) {
    super(code, message, { details });
    this.node = node;
  }
}

/** What is refused because it may not be seen shows as an unknown id, and is recorded as it is. */
export class HiddenRefusal extends DomainError {
  readonly node: NodeId;
  readonly recorded: DomainError;

  constructor({ node, hiddenAs }: NamedNode, recorded: DomainError) {
    const unknown = `there is no node with the id ${JSON.stringify(node)}`;
    super('NOT_FOUND', hiddenAs === undefined ? unknown : `${hiddenAs} is not known`);
    this.node = node;
    this.recorded = recorded;
  }
}

/** A node, and what it is called to who may not know of it and did not name its id. */
interface NamedNode {
  readonly node: NodeId;
  readonly hiddenAs?: string | undefined;
}

/** A key may have ended since the door let it in. */
export function refuseEndedKey({ key }: Pick<Access, 'key'>, now: Instant): void {
  if (key?.revoked) throw new DomainError('KEY_REVOKED', 'the API key was revoked');
  if (key && key.expiresAt !== null && key.expiresAt <= now) {
    throw new DomainError('KEY_EXPIRED', `the API key expired at ${key.expiresAt}`);
  }
}

interface Who {
  readonly access: Access;
  readonly now: Instant;
  readonly home: Place;
}

/** What is missing: FORBIDDEN by the grants, or KEY_SCOPE by the key alone. */
export function refusalOf(
  operation: string,
  { permission, at, shownAs, because }: Pick<Wanted, 'permission' | 'at' | 'shownAs' | 'because'>,
  { access, now }: Pick<Who, 'access' | 'now'>,
): DomainError {
  const missing = [permission];
  const details = shownAs === undefined ? { missing, scope: scopeOf(at ?? {}) } : { missing };
  const reason = because === undefined ? '' : `: ${because}`;
  const needs = `${operation} needs ${permission} on ${shownAs ?? nameOf(at ?? {})}${reason}`;
  if (!isGranted(access, permission, { place: at ?? {}, now })) {
    return new DomainError('FORBIDDEN', needs, { details });
  }
  const { actions, scope } = access.key ?? {};
  const good = [actions ? actions.join(', ') : null, scope ? `on ${scope}` : null];
  const fault = `${needs}; this API key is good for ${good.filter(Boolean).join(' ')} only`;
  return new DomainError('KEY_SCOPE', fault, { details });
}

function nameOf({ team, project }: Place): string {
  return [team, project].filter(Boolean).join('/') || 'the organization';
}

/** The place that a node belongs to; null for one that is not there or belongs to no project. */
export function placeOf(view: GraphView, id: NodeId): Place | null {
  const row = view.node(id);
  const project = row?.project ? view.node(row.project) : undefined;
  return project ? { team: String(project.props.teamName), project: project.name } : null;
}

import { DomainError, invalidInput } from '../../domain/errors.ts';
import {
  accessOf,
  homeOf,
  isPermitted,
  PERMISSIONS,
  type Permission,
  type Place,
  placeOfScope,
  scopeOf,
} from '../../domain/governance/permissions.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { projectId, teamId } from '../../domain/lineage/names.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import { instantFromMs } from '../../domain/time.ts';
import { type Explanation, explain } from '../../projections/explain.ts';
import type { GraphContext } from './graph-context.ts';
import type { ExplainArgs } from './inputs/explain-args.ts';

/** Explains to a reader what they, or somebody whose access is theirs to know, may do. */
export async function explainTo(
  { actor: asked, action, subject }: ExplainArgs,
  context: GraphContext,
): Promise<Explanation> {
  const { hub, reader, loaders } = context;
  const permission = permissionOf(action);
  const place = await placeOfSubject(subject, context);
  const now = instantFromMs(hub.clock.nowMs());
  const at = { place, now };
  const actor = asked ?? reader.actor.ref;
  if (actor === reader.actor.ref) return explain(reader.access, permission, at);
  const agent = await loaders.node.load(actor);
  if (agent?.kind !== 'AGENT') throw new DomainError('NOT_FOUND', `there is no actor ${actor}`);
  if (!KNOWING.some((each) => isPermitted(reader.access, each, at))) {
    const text = `explaining what others may do needs ${KNOWING.join(' or ')} on ${scopeOf(place)}`;
    throw new DomainError('FORBIDDEN', text, { details: { missing: [...KNOWING] } });
  }
  return explain(accessOf(agent.props, '', hub.roles), permission, at);
}

/** One of these at a place opens what others may do there. */
const KNOWING: readonly Permission[] = ['access.manage', 'audit.read'];

function permissionOf(action: string): Permission {
  const found = PERMISSIONS.find((permission) => permission === action);
  if (found) return found;
  const known = PERMISSIONS.join(', ');
  throw invalidInput(
    `there is no action ${JSON.stringify(action.slice(0, 100))}; there are ${known}`,
  );
}

/** Where a subject is. What may not be read is as unknown as what is not there. */
async function placeOfSubject(subject: string, context: GraphContext): Promise<Place> {
  if (subject === 'org') return {};
  const { hub, loaders } = context;
  const id = idOfScope(hub.org, subject) ?? subject;
  const row = await loaders.node.load(id);
  if (!row) throw unknown(subject);
  return placeOfRow(row, context);
}

function unknown(subject: string): DomainError {
  return new DomainError('NOT_FOUND', `there is no node with the id ${JSON.stringify(subject)}`);
}

function idOfScope(org: string, scope: string): NodeId | null {
  const { team, project } = placeOfScope(scope) ?? {};
  if (team === undefined) return null;
  return project === undefined ? teamId(org, team) : projectId(org, { team, project });
}

async function placeOfRow(row: NodeRow, { loaders }: GraphContext): Promise<Place> {
  if (row.kind === 'TEAM') return { team: row.name };
  const project = row.project === null ? null : await loaders.node.load(row.project);
  if (project) return { team: String(project.props.teamName), project: project.name };
  const { team } = row.props;
  // Who somebody is is known to all; in which team they are at home may not be.
  if (typeof team === 'string' && !(await loaders.node.load(team))) throw unknown(row.id);
  return homeOf(row.props);
}

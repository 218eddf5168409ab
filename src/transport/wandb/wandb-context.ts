import { DomainError } from '../../domain/errors.ts';
import { isPermitted, type Permission } from '../../domain/governance/permissions.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import { deletedAtOf } from '../../domain/lineage/tombstone.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { Command, CommandInput, Receipt } from '../../ledger/command.ts';
import type { Reader } from '../../projections/readable-by.ts';
import { mayRead } from '../../projections/readable-by.ts';
import type { AccessNotes } from '../http/access-notes.ts';
import { readerNow } from '../http/authenticate.ts';
import type { Hub } from '../hub.ts';

/** An object that the GraphQL executor reads fields from: values, or functions of arguments. */
export type Shape = { readonly __typename: string } & Readonly<Record<string, unknown>>;

/**
 * How rows show as wandb's types. The types lead to each other in circles (a run has a project,
 * a project has runs), so each module reaches the others through this table.
 */
export interface Shapes {
  project(row: NodeRow, context: WandbContext): Shape;
  run(row: NodeRow, context: WandbContext): Shape;
  version(row: NodeRow, context: WandbContext): Shape;
  membership(row: NodeRow, context: WandbContext): Shape;
  collection(row: NodeRow, context: WandbContext): Shape;
}

/** What a resolver works with: the hub, who asks, and the shapes of the types. */
export interface WandbContext {
  readonly hub: Hub;
  readonly reader: Reader;
  readonly shapes: Shapes;
  /** What the request reads, for the access log. */
  readonly notes: AccessNotes;
  /** Tells when the client has gone and waits for no answer any more. */
  readonly gone: AbortSignal;
  /** The SDK's id of a process that shares its run with others; null for one on its own. */
  readonly sharedClient: string | null;
}

/** Ends work that nobody waits for. */
export function refuseIfGone({ gone }: Pick<WandbContext, 'gone'>): void {
  if (gone.aborted) throw new DomainError('UNAVAILABLE', 'the client has gone');
}

export function submit<I extends CommandInput>(
  { hub, reader }: Pick<WandbContext, 'hub' | 'reader'>,
  command: Command<I>,
  input: I,
): Promise<Receipt> {
  return hub.ledger.submit({ command, input, actor: reader.actor });
}

/** The context with the rights of now: what was just made may lie within a grant. */
export async function readAnew(context: WandbContext): Promise<WandbContext> {
  const { hub, reader } = context;
  const [agent] = await hub.store.get([reader.actor.ref]);
  return agent ? { ...context, reader: await readerNow(reader.actor, agent, hub) } : context;
}

/** The node, when it exists and the reader may see it. Both other cases look the same. */
export async function visibleNode(
  { hub, reader }: Pick<WandbContext, 'hub' | 'reader'>,
  id: NodeId,
): Promise<NodeRow | null> {
  const [row] = await hub.store.get([id]);
  return row && isShown(row, reader) ? row : null;
}

/** A node that is known to be there, as it is now. */
export async function readRow({ hub }: Pick<WandbContext, 'hub'>, id: NodeId): Promise<NodeRow> {
  const [row] = await hub.store.get([id]);
  return row as NodeRow;
}

/** Says that the node was deleted, when the reader could see it otherwise. */
export async function refuseDeleted(
  { hub, reader }: Pick<WandbContext, 'hub' | 'reader'>,
  id: NodeId,
): Promise<void> {
  const [row] = await hub.store.get([id]);
  if (row && mayRead(reader, row)) requireThere(row);
}

/** Fails with NOT_FOUND for what was deleted: its bytes are not served any more. */
export function requireThere(row: Pick<NodeRow, 'name' | 'props'>): void {
  const deletedAt = deletedAtOf(row);
  if (deletedAt === undefined) return;
  throw new DomainError('NOT_FOUND', `${row.name} was deleted at ${deletedAt}`);
}

/** The nodes that the reader may see, in the order of the ids. */
export async function visibleNodes(
  { hub, reader }: Pick<WandbContext, 'hub' | 'reader'>,
  ids: readonly NodeId[],
): Promise<NodeRow[]> {
  if (ids.length === 0) return [];
  const rows = await hub.store.get(ids);
  return rows.flatMap((row) => (row && isShown(row, reader) ? [row] : []));
}

/** What was deleted is not there for this door. */
function isShown(row: NodeRow, reader: Reader): boolean {
  return deletedAtOf(row) === undefined && mayRead(reader, row);
}

/** Whether the one who asks may do this in the project. */
export function isAllowed(
  { hub, reader }: Pick<WandbContext, 'hub' | 'reader'>,
  permission: Permission,
  project: NodeRow,
): boolean {
  const place = { team: String(project.props.teamName), project: project.name };
  return isPermitted(reader.access, permission, {
    place,
    now: instantFromMs(hub.clock.nowMs()),
  });
}

import { isPermitted } from '../../domain/governance/permissions.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { instantFromMs } from '../../domain/time.ts';
import { refusalOf } from '../../ledger/authorize.ts';
import type { WandbContext } from './wandb-context.ts';

/** A project that may not be there yet: its place and the id that it would have. */
export type PlaceOfWrite = Pick<NodeRow, 'id' | 'name' | 'props'>;

/** A request to write that this door decides by itself, before any command is made of it. */
export interface WriteRequest {
  /** What was asked for, as the record names it. */
  readonly operation: string;
  /** Begins the sentence that the client is shown: `an artifact` needs ... */
  readonly what: string;
  readonly project: PlaceOfWrite;
  /** What would be written to, when that is not the project as a whole. */
  readonly subject?: Pick<NodeRow, 'id'>;
}

/**
 * Refuses who may not write to the project, and puts the refusal on record: FORBIDDEN, or
 * KEY_SCOPE where the owner of the key may and the key does not pass it on.
 */
export async function requireWrite(
  { hub, reader }: Pick<WandbContext, 'hub' | 'reader'>,
  request: WriteRequest,
): Promise<void> {
  const { operation, what, project, subject = project } = request;
  const at = { team: String(project.props.teamName), project: project.name };
  const now = instantFromMs(hub.clock.nowMs());
  if (isPermitted(reader.access, 'record.write', { place: at, now })) return;
  const missing = { permission: 'record.write', at } as const;
  const error = refusalOf(what, missing, { access: reader.access, now });
  const about = [subject.id, project.id];
  await hub.ledger.refuse({ operation, actor: reader.actor, error, about });
  throw error;
}

import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { isAllowed, type WandbContext } from './wandb-context.ts';

/** A request to write that this door decides by itself, before any command is made of it. */
export interface WriteRequest {
  /** What was asked for, as the record names it. */
  readonly operation: string;
  /** Begins the sentence that the client is shown: `an artifact` needs ... */
  readonly what: string;
  readonly project: NodeRow;
  /** What would be written to, when that is not the project as a whole. */
  readonly subject?: NodeRow;
}

/** Refuses who may not write to the project, and puts the refusal on record. */
export async function requireWrite(context: WandbContext, request: WriteRequest): Promise<void> {
  const { operation, what, project, subject = project } = request;
  if (isAllowed(context, 'record.write', project)) return;
  const place = `${project.props.teamName}/${project.name}`;
  const error = new DomainError('FORBIDDEN', `${what} needs record.write on ${place}`, {
    details: { missing: ['record.write'] },
  });
  const about = [subject.id, project.id];
  await context.hub.ledger.refuse({ operation, actor: context.reader.actor, error, about });
  throw error;
}

import { DomainError } from '../../domain/errors.ts';
import type { Command, CommandInput, Receipt } from '../../ledger/command.ts';
import { readerNow } from '../http/authenticate.ts';
import type { GraphContext } from './graph-context.ts';
import { loadersFor } from './loaders.ts';
import { type ShownFact, showWrittenFact } from './shown-fact.ts';
import { type ShownNode, showThin } from './shown-node.ts';
import { withWhomToAsk } from './whom-to-ask.ts';

export interface Written {
  readonly subject: ShownNode | null;
  readonly fact: ShownFact | null;
}

/** A command's input with the key that makes a retry of it no second request. */
export type Keyed<I> = I & { readonly idempotencyKey?: string | null | undefined };

/** Puts a command through the ledger and returns what it led to, read after the write. */
export async function submit<I extends CommandInput>(
  command: Command<I>,
  input: Keyed<I>,
  context: GraphContext,
): Promise<Written> {
  return showReceipt(await record(command, input, context), context);
}

/** Puts a command through the ledger. */
export async function record<I extends CommandInput>(
  command: Command<I>,
  input: Keyed<I>,
  context: GraphContext,
): Promise<Receipt> {
  const { idempotencyKey, ...rest } = input;
  const { hub, reader } = context;
  const submission = {
    command: command as unknown as Command<CommandInput>,
    input: rest,
    actor: reader.actor,
    idempotencyKey,
  };
  return hub.ledger.submit(submission).catch(async (error: unknown) => {
    throw await withWhomToAsk(error, context);
  });
}

/** What a receipt stands for, read after the write. */
export async function showReceipt(receipt: Receipt, context: GraphContext): Promise<Written> {
  const { subject } = receipt;
  await renew(context);
  const [shown, fact] = await Promise.all([
    subject === null ? null : showThin(subject.id, context),
    showWrittenFact(receipt, context),
  ]);
  return { subject: shown, fact };
}

/** What was loaded before the write is old; a project made just now widens what may be read. */
async function renew(context: GraphContext): Promise<void> {
  const { hub, reader } = context;
  const [agent] = await hub.store.get([reader.actor.ref]);
  if (agent) context.reader = await readerNow(reader.actor, agent, hub);
  context.loaders = loadersFor(hub, context.reader, context.work);
}

/** Refuses ids that the writer may not read exactly as unknown ones are refused. */
export async function requireReadable(
  ids: readonly string[],
  { loaders }: GraphContext,
): Promise<void> {
  const rows = await Promise.all(ids.map((id) => loaders.node.load(id)));
  const missing = ids.find((_, at) => rows[at] === null);
  if (missing === undefined) return;
  throw new DomainError('NOT_FOUND', `there is no node with the id ${JSON.stringify(missing)}`);
}

import type { ActorRef } from '../../domain/actor.ts';
import { type ErrorCode, isDomainError } from '../../domain/errors.ts';
import type { Receipt } from '../../ledger/command.ts';
import type { Credential } from '../http/authenticate.ts';
import type { NewKey } from '../http/keys.ts';
import type { Hub } from '../hub.ts';

/** After these it is not known whether the command was recorded. */
const UNDECIDED: readonly ErrorCode[] = ['UNAVAILABLE', 'INTERNAL', 'BACKPRESSURE'];

/** Whether an error says for certain that nothing was recorded. */
export function isRefusal(error: unknown): boolean {
  return isDomainError(error) && !UNDECIDED.includes(error.code);
}

export interface Issue {
  readonly room: 'credential' | 'sign-in-key';
  readonly holder: ActorRef;
  readonly key: NewKey;
}

export interface Issued {
  readonly receipt: Receipt;
  /** The key itself; null when the request came before, since it is shown once. */
  readonly shown: string | null;
}

/**
 * Records a key. Its credential is written first: a key that is on record always works, and a
 * credential that a crash left behind opens nothing, since its key is not on record.
 */
export async function issueKey(
  { room, holder, key }: Issue,
  work: () => Promise<Receipt>,
  { operational, log }: Pick<Hub, 'operational' | 'log'>,
): Promise<Issued> {
  const credential: Credential = { keyId: key.id, actor: holder, hash: key.hash };
  await operational.put(room, [{ key: key.hash, value: JSON.stringify(credential) }]);
  const takeAway = () =>
    operational.delete(room, [key.hash]).catch((error: unknown) => {
      log.warn({ error: String(error) }, 'a credential that opens nothing was left behind');
    });
  const receipt = await work().catch(async (error: unknown) => {
    if (isRefusal(error)) await takeAway();
    throw error;
  });
  if (receipt.outcome !== 'recorded') await takeAway();
  return { receipt, shown: receipt.outcome === 'recorded' ? key.text : null };
}

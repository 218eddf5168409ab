import type { ActorRef } from '../actor.ts';

/** What an actor holds: API keys, keys for signing in, and grants. */
export type Holding = 'key' | 'signin' | 'grant';

const HOLDING_ID =
  /^(key|signin|grant):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id names the holder, so that who knows it alone can ask for an end of what it stands for. */
export function holdingId(holding: Holding, holder: ActorRef, uuid: string): string {
  return `${holding}:${holder.slice('act:'.length)}:${uuid}`;
}

/** Whose it is; null for other texts, ids of a first release among them. */
export function holderOf(id: string, holding: Holding): ActorRef | null {
  const [, kind, holder] = HOLDING_ID.exec(id) ?? [];
  return kind === holding ? `act:${holder}` : null;
}

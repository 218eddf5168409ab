import type { ActorKind, ActorRef } from '../../domain/actor.ts';
import { DomainError } from '../../domain/errors.ts';
import { keyOf } from '../../domain/governance/permissions.ts';
import { instantFromMs } from '../../domain/time.ts';
import { refuseEndedKey } from '../../ledger/authorize.ts';
import { readerNow } from '../http/authenticate.ts';
import type { LinkClaims } from '../http/signed-links.ts';
import type { Hub } from '../hub.ts';
import { signedAddress } from './addresses.ts';
import type { WandbContext } from './wandb-context.ts';

/** Who sends bytes to a signed address: the one who asked for it, with the rights of now. */
export type Uploader = Pick<WandbContext, 'hub' | 'reader'>;

/**
 * An address to send bytes to. It names who asked for it and by which key: the SDK sends no key
 * with the bytes, and what was revoked since must be worth nothing.
 */
export function uploadAddress(
  { hub, reader }: Uploader,
  purpose: string,
  claims: Readonly<Record<string, string | number>>,
): string {
  const { ref: actor, via: key } = reader.actor;
  return signedAddress(hub, purpose, { ...claims, actor, key });
}

/** Who asked for an address; refuses when the key has ended since. */
export async function uploaderOf({ actor, key }: LinkClaims, hub: Hub): Promise<Uploader> {
  const [agent] = typeof actor === 'string' ? await hub.store.get([actor]) : [];
  const shown = agent && keyOf(agent.props, String(key));
  if (!agent || !shown) {
    throw new DomainError('FORBIDDEN', 'the address names no key of the hub: ask for another');
  }
  refuseEndedKey({ key: shown }, instantFromMs(hub.clock.nowMs()));
  const asker = {
    ref: agent.id as ActorRef,
    kind: agent.props.actorKind as ActorKind,
    via: shown.id,
    authAgeS: null,
    onBehalfOf: null,
  };
  return { hub, reader: await readerNow(asker, agent, hub) };
}

import { timingSafeEqual } from 'node:crypto';
import type { Actor, ActorKind, ActorRef } from '../../domain/actor.ts';
import { DomainError } from '../../domain/errors.ts';
import { accessOf, keyOf } from '../../domain/governance/permissions.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { instantFromMs } from '../../domain/time.ts';
import { refuseEndedKey } from '../../ledger/authorize.ts';
import { type Reader, readerOf } from '../../projections/readable-by.ts';
import type { Hub } from '../hub.ts';
import { noteKeyUse } from './key-use.ts';
import { API_KEY_FORM, hashOfKey, isSignInKey } from './keys.ts';

/** Longest Authorization header that is looked at, in characters. */
export const AUTHORIZATION_LENGTH_MAX = 8_192;

/** What the operational store keeps of an API key, under the hash of the key. */
export interface Credential {
  readonly keyId: string;
  readonly actor: ActorRef;
  readonly hash: string;
}

type AuthHub = Pick<Hub, 'org' | 'roles' | 'store' | 'operational' | 'clock' | 'log'>;

/** Who speaks, with the node that tells of their rights and keys. */
export interface Proven {
  readonly actor: Actor;
  readonly agent: NodeRow;
}

/** Proves who speaks, from an Authorization header. Throws UNAUTHENTICATED when it cannot. */
export async function authenticate(header: string | undefined, hub: AuthHub): Promise<Reader> {
  const { actor, agent } = await proveActor(header, hub);
  return readerNow(actor, agent, hub);
}

/** The same for doors that only take, and need not know what the actor may read. */
export async function proveActor(
  header: string | undefined,
  hub: Omit<AuthHub, 'org' | 'roles'>,
): Promise<Proven> {
  const credential = await credentialOf(keyIn(header), hub);
  const [agent] = await hub.store.get([credential.actor]);
  const key = agent && keyOf(agent.props, credential.keyId);
  // A key counts when its owner's node tells of it: what is on record there ends at once.
  if (!agent || !key) throw unknownKey();
  const now = instantFromMs(hub.clock.nowMs());
  refuseEndedKey({ key }, now);
  noteKeyUse(key.id, hub);
  const actor: Actor = {
    ref: credential.actor,
    kind: agent.props.actorKind as ActorKind,
    via: credential.keyId,
    authAgeS: null,
    onBehalfOf: null,
  };
  return { actor, agent };
}

/** The same actor with the rights of now. */
export function readerNow(actor: Actor, agent: NodeRow, hub: AuthHub): Promise<Reader> {
  const { org, store, roles, clock } = hub;
  const now = instantFromMs(clock.nowMs());
  return readerOf(actor, accessOf(agent.props, actor.via, roles), { org, store, now, agent });
}

function unknownKey(): DomainError {
  return new DomainError('UNAUTHENTICATED', 'the API key is not known');
}

/** The key from `Bearer <key>` or from `Basic <user:key>` with any user name. */
export function keyIn(header: string | undefined): string {
  if (header === undefined || header === '') {
    throw new DomainError('UNAUTHENTICATED', 'an API key is needed: Authorization: Bearer <key>');
  }
  const [scheme = '', token = ''] = header.slice(0, AUTHORIZATION_LENGTH_MAX).split(/\s+/, 2);
  if (/^bearer$/i.test(scheme)) return token;
  if (/^basic$/i.test(scheme)) {
    const pair = Buffer.from(token, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  throw new DomainError('UNAUTHENTICATED', 'use the Bearer or the Basic scheme');
}

/** What is known of an API key. Throws UNAUTHENTICATED for one that is not. */
export async function credentialOf(
  key: string,
  { operational }: Pick<Hub, 'operational'>,
): Promise<Credential> {
  if (isSignInKey(key)) {
    const text = 'this key opens sessions for a person and is no API key';
    throw new DomainError('UNAUTHENTICATED', text);
  }
  const hash = hashOfKey(key);
  const text = API_KEY_FORM.test(key) ? await operational.get('credential', hash) : null;
  const credential = text === null ? null : (JSON.parse(text) as Credential);
  if (!credential || !timingSafeEqual(Buffer.from(credential.hash), Buffer.from(hash))) {
    throw unknownKey();
  }
  return credential;
}

import { createHash } from 'node:crypto';
import type { ActorRef } from '../../domain/actor.ts';
import { holdingId } from '../../domain/governance/access-ids.ts';
import type { Ids } from '../../ports/ids.ts';

const API_KEY_START = 'ledgerline-';
const SIGN_IN_KEY_START = 'ledgerline_signin_';
/** `ledgerline-` and 40 or more characters: a form that the wandb SDK accepts too. */
export const API_KEY_FORM = /^ledgerline-[A-Za-z0-9_]{40,512}$/;
/** Characters of a key that may be shown behind its start, to tell keys apart. */
const SHOWN_LENGTH = 4;
const KEY_BYTES = 32;

/** A key that was made just now. The text is shown once and kept nowhere. */
export interface NewKey {
  readonly text: string;
  /** What is public of it. */
  readonly id: string;
  readonly prefix: string;
  readonly hash: string;
}

export function newApiKey(actor: ActorRef, ids: Ids): NewKey {
  const text = newApiKeyText(ids);
  const id = holdingId('key', actor, ids.uuid());
  return { text, id, prefix: prefixOfApiKey(text), hash: hashOfKey(text) };
}

export function newApiKeyText(ids: Ids): string {
  return API_KEY_START + ids.bytes(KEY_BYTES).toString('hex');
}

export function prefixOfApiKey(text: string): string {
  return text.slice(0, API_KEY_START.length + SHOWN_LENGTH);
}

/** A key by which a person opens sessions. */
export function newSignInKey(person: ActorRef, ids: Ids): NewKey {
  const text = SIGN_IN_KEY_START + ids.bytes(KEY_BYTES).toString('hex');
  const prefix = text.slice(0, SIGN_IN_KEY_START.length + SHOWN_LENGTH);
  return { text, id: holdingId('signin', person, ids.uuid()), prefix, hash: hashOfKey(text) };
}

export function isSignInKey(text: string): boolean {
  return text.startsWith(SIGN_IN_KEY_START);
}

/** Keys are random and long, so a plain hash keeps them: there is nothing to guess. */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { ActorRef } from '../domain/actor.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';

const PREFIX = 'restricted_';
const TAG_BYTES = 16;
const CIPHER = 'aes-256-ctr';
const OPAQUE_ID = /^restricted_[A-Za-z0-9_-]{22,512}$/;

/** Who gets the id, and the hub's secret that it is made under. */
export interface OpaqueIdKey {
  readonly reader: ActorRef;
  readonly secret: Uint8Array;
}

/**
 * The id under which a reader meets a node that they may not see: deterministic authenticated
 * encryption of the node's id (a synthetic nonce, as in SIV), with the reader as associated
 * data. The same on every process of the hub, and of no use to any other reader.
 */
export function opaqueIdOf(id: NodeId, key: OpaqueIdKey): string {
  const plain = Buffer.from(id, 'utf8');
  const tag = tagOf(plain, key);
  const cipher = createCipheriv(CIPHER, encryptionKey(key), tag);
  const box = Buffer.concat([tag, cipher.update(plain), cipher.final()]);
  return PREFIX + box.toString('base64url');
}

export function isOpaqueId(text: string): boolean {
  return OPAQUE_ID.test(text);
}

/** The node behind an opaque id, or null when it was not made for this reader by this hub. */
export function nodeOfOpaqueId(opaque: string, key: OpaqueIdKey): NodeId | null {
  if (!isOpaqueId(opaque)) return null;
  const box = Buffer.from(opaque.slice(PREFIX.length), 'base64url');
  const tag = box.subarray(0, TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, encryptionKey(key), tag);
  const plain = Buffer.concat([decipher.update(box.subarray(TAG_BYTES)), decipher.final()]);
  return timingSafeEqual(tag, tagOf(plain, key)) ? plain.toString('utf8') : null;
}

function tagOf(plain: Uint8Array, { reader, secret }: OpaqueIdKey): Buffer {
  return createHmac('sha256', secret)
    .update(`ledgerline/restricted-id/tag/v1\n${reader}\n`)
    .update(plain)
    .digest()
    .subarray(0, TAG_BYTES);
}

const KEYS = new WeakMap<OpaqueIdKey, Buffer>();

/** Worked out once for all ids of an answer. */
function encryptionKey(of: OpaqueIdKey): Buffer {
  const known = KEYS.get(of);
  if (known) return known;
  const text = `ledgerline/restricted-id/key/v1\n${of.reader}`;
  const key = createHmac('sha256', of.secret).update(text).digest();
  KEYS.set(of, key);
  return key;
}

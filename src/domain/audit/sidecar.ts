import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { ActorRef } from '../actor.ts';
import { DomainError } from '../errors.ts';
import type { PersonalCommitment } from './leaf.ts';
import { commitTo, PERSONAL_TEXT_LENGTH_MAX, type PersonalValues } from './personal.ts';

/** Bytes of chance that one person's part of one fact needs: 12 of nonce, 32 of salt. */
export const SIDECAR_CHANCE_BYTES = 44;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** One person's part of a fact: the commitment for the leaf and the box for the sidecar. */
export interface SealedPersonal {
  readonly commitment: PersonalCommitment;
  readonly person: ActorRef;
  readonly box: Buffer;
}

/** What a box holds; the salt is in it, so that destroying the key destroys the salt too. */
interface BoxContent {
  readonly salt: string;
  readonly values: PersonalValues['values'];
}

/**
 * Encrypts one person's values of one fact: AES-256-GCM, layout nonce, ciphertext, tag, with
 * the fact's id and the person as associated data, so that a box cannot be moved elsewhere.
 */
export function sealPersonal(
  { person, values }: PersonalValues,
  factId: string,
  secrets: { readonly key: Uint8Array; readonly chance: Uint8Array },
): SealedPersonal {
  if (secrets.chance.length !== SIDECAR_CHANCE_BYTES) {
    throw new RangeError(`a sidecar needs ${SIDECAR_CHANCE_BYTES} bytes of chance`);
  }
  for (const text of Object.values(values)) checkPersonalText(text);
  const nonce = secrets.chance.subarray(0, NONCE_BYTES);
  const salt = secrets.chance.subarray(NONCE_BYTES, SIDECAR_CHANCE_BYTES);
  const cipher = createCipheriv(CIPHER, secrets.key, nonce);
  cipher.setAAD(associatedData(factId, person));
  const content: BoxContent = { salt: Buffer.from(salt).toString('base64url'), values };
  const box = Buffer.concat([
    nonce,
    cipher.update(JSON.stringify(content), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const commitment = {
    person,
    fields: Object.keys(values).sort(),
    commitment: commitTo(values, salt),
  };
  return { commitment, person, box };
}

/** The values in a box, or null when it does not open under this key, fact and person. */
export function openPersonal(
  box: Uint8Array,
  factId: string,
  owner: { readonly person: ActorRef; readonly key: Uint8Array },
): PersonalValues['values'] | null {
  try {
    const decipher = createDecipheriv(CIPHER, owner.key, box.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associatedData(factId, owner.person));
    decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
    const plain = Buffer.concat([
      decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES)),
      decipher.final(),
    ]);
    return (JSON.parse(plain.toString('utf8')) as BoxContent).values;
  } catch {
    return null;
  }
}

function checkPersonalText(text: string): void {
  if (text.length > PERSONAL_TEXT_LENGTH_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `a personal text has at most ${PERSONAL_TEXT_LENGTH_MAX} characters`,
    );
  }
}

function associatedData(factId: string, person: ActorRef): Buffer {
  return Buffer.from(`${factId}\n${person}`, 'utf8');
}

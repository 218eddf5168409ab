import { createApiKey, revokeApiKey } from '../commands/api-keys.ts';
import type { ActorRef } from '../domain/actor.ts';
import type { Instant } from '../domain/time.ts';
import { OPERATIONAL_PAGE_ENTRIES_MAX, type OperationalStore } from '../ports/operational-store.ts';
import { type Credential, hashOfKey } from '../transport/http/authenticate.ts';
import { type Founding, takeStep } from './founding.ts';

/** Name of the first administrator's service account, and of what is kept of it. */
export const ADMINISTRATOR = 'administrator';
/** Characters of a key that may be shown, to tell keys apart. */
export const KEY_PREFIX_LENGTH = 'ledgerline-'.length + 4;
const KEY_BYTES = 32;
const KEY_PROPERTY = 'apiKey:';

/** What the operational store keeps of the first administrator. */
export interface AdministratorEntry {
  readonly actor: ActorRef;
  readonly key: AdministratorKey | null;
}

interface AdministratorKey {
  readonly keyId: string;
  readonly hash: string;
  readonly prefix: string;
}

/** A key as its agent's node tells of it. */
interface KeyOnRecord {
  readonly id: string;
  readonly prefix: string;
  readonly expiresAt: Instant | null;
  readonly revoked: boolean;
}

/**
 * The administrator has one key: that of the configuration, or one made here, which is returned.
 * Any other one ends, also one that a start which was cut off left behind.
 */
export async function foundAdministratorKey(
  founding: Founding,
  { actor, key }: AdministratorEntry,
): Promise<string | null> {
  const wanted = founding.config.adminKey;
  const holds = wanted === null ? key !== null : key?.hash === hashOfKey(wanted);
  if (holds) {
    await endOtherKeys(founding, actor, (key as AdministratorKey).keyId);
    return null;
  }
  const made = wanted === null ? makeKey(founding) : null;
  const keyId = await giveKey(founding, actor, wanted ?? (made as string));
  await endOtherKeys(founding, actor, keyId);
  return made;
}

/** Shown before it is stored: a start cut off between the two wastes a key, and hides none. */
function makeKey({ ids, onNewKey }: Founding): string {
  const made = `ledgerline-${ids.bytes(KEY_BYTES).toString('hex')}`;
  onNewKey(made);
  return made;
}

async function giveKey(founding: Founding, actor: ActorRef, key: string): Promise<string> {
  const { operational, ids } = founding;
  const keyId = `key:${ids.uuid()}`;
  const [hash, prefix] = [hashOfKey(key), key.slice(0, KEY_PREFIX_LENGTH)];
  await takeStep(founding, createApiKey, { actor, keyId, prefix, expiresAt: null });
  const credential: Credential = { keyId, actor, hash };
  await operational.put('credential', [
    { key: hash, value: JSON.stringify(credential) },
    { key: ADMINISTRATOR, value: JSON.stringify({ actor, key: { keyId, hash, prefix } }) },
  ]);
  return keyId;
}

/**
 * A key is on record before its credential is stored, and its credential goes before the record
 * says revoked. So a key that is not revoked may have one, and a revoked key has none.
 */
async function endOtherKeys(founding: Founding, actor: ActorRef, keyId: string): Promise<void> {
  const [agent] = await founding.store.get([actor]);
  const others = Object.entries(agent?.props ?? {})
    .filter(([property]) => property.startsWith(KEY_PROPERTY))
    .map(([, value]) => value as unknown as KeyOnRecord)
    .filter(({ id, revoked }) => id !== keyId && !revoked);
  if (others.length === 0) return;
  await deleteCredentials(founding.operational, new Set(others.map(({ id }) => id)));
  for (const { id, prefix, expiresAt } of others) {
    await takeStep(founding, revokeApiKey, { actor, keyId: id, prefix, expiresAt });
  }
}

/** Credentials stand under the hashes of their keys, which nothing else remembers. */
async function deleteCredentials(
  operational: OperationalStore,
  keyIds: ReadonlySet<string>,
): Promise<void> {
  const limit = OPERATIONAL_PAGE_ENTRIES_MAX;
  let after: string | undefined;
  do {
    const page = await operational.list('credential', { prefix: '', after, limit });
    const found = page.filter(({ key, value }) => {
      return key !== ADMINISTRATOR && keyIds.has((JSON.parse(value) as Credential).keyId);
    });
    await operational.delete(
      'credential',
      found.map(({ key }) => key),
    );
    after = page.length < limit ? undefined : page.at(-1)?.key;
  } while (after !== undefined);
}

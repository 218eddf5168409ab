import { createApiKey, revokeApiKey } from '../commands/api-keys.ts';
import { type ActorRef, SYSTEM_ACTOR } from '../domain/actor.ts';
import { holdingId } from '../domain/governance/access-ids.ts';
import { type KeyRecord, keyOf, keysOf } from '../domain/governance/permissions.ts';
import { type Instant, instantFromMs } from '../domain/time.ts';
import type { Credential } from '../transport/http/authenticate.ts';
import { hashOfKey, newApiKeyText, prefixOfApiKey } from '../transport/http/keys.ts';
import { type Founding, takeStep } from './founding.ts';

/** Name of what the operational store keeps of the first administrator. */
export const ADMINISTRATOR = 'administrator';

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

/**
 * The administrator has one key of the hub's own making: that of the configuration, or one made
 * here, which is returned. Any other one that a start made ends, also one that a start which was
 * cut off left behind. Keys that people made for the administrator are theirs to end.
 */
export async function foundAdministratorKey(
  founding: Founding,
  entry: AdministratorEntry,
): Promise<string | null> {
  const { actor, key } = entry;
  if (await holdsKey(founding, entry)) {
    await tellOfEndedKey(founding, entry);
    await endOtherKeys(founding, actor, (key as AdministratorKey).keyId);
    return null;
  }
  const { adminKey: wanted } = founding.config;
  const made = wanted === null ? makeKey(founding) : null;
  const keyId = await giveKey(founding, actor, wanted ?? (made as string));
  await endOtherKeys(founding, actor, keyId);
  return made;
}

/**
 * A key of the configuration that was revoked stays revoked: what leaked does not come back by
 * itself. Without one in the configuration, the administrator is never left without any key.
 */
async function holdsKey(
  { config, store, clock }: Founding,
  { actor, key }: AdministratorEntry,
): Promise<boolean> {
  if (key === null) return false;
  if (config.adminKey !== null) return key.hash === hashOfKey(config.adminKey);
  const [agent] = await store.get([actor]);
  const now = instantFromMs(clock.nowMs());
  return keysOf(agent?.props ?? {}).some((each) => isLive(each, now));
}

/** At every level of the log: whoever set the variable waits for a hub that lets them in. */
async function tellOfEndedKey(
  { config, store, clock, log }: Founding,
  { actor, key }: AdministratorEntry,
): Promise<void> {
  if (config.adminKey === null || key === null) return;
  const [agent] = await store.get([actor]);
  const record = keyOf(agent?.props ?? {}, key.keyId);
  if (record && isLive(record, instantFromMs(clock.nowMs()))) return;
  const what = record?.revoked ? 'was revoked' : 'has ended';
  log.error(
    { keyId: key.keyId, prefix: key.prefix },
    `the key in LEDGERLINE_ADMIN_KEY ${what} and opens nothing any more; to get in, start with ` +
      'another value, or without the variable: unless a key of the administrator is still good, ' +
      'a new one is printed then',
  );
}

function isLive({ revoked, expiresAt }: KeyRecord, now: Instant): boolean {
  return !revoked && (expiresAt === null || now < expiresAt);
}

/** Shown before it is stored: a start cut off between the two wastes a key, and hides none. */
function makeKey({ ids, onNewKey }: Founding): string {
  const made = newApiKeyText(ids);
  onNewKey(made);
  return made;
}

async function giveKey(founding: Founding, actor: ActorRef, key: string): Promise<string> {
  const { operational, ids } = founding;
  const keyId = holdingId('key', actor, ids.uuid());
  const [hash, prefix] = [hashOfKey(key), prefixOfApiKey(key)];
  const unlimited = { actions: null, scope: null, expiresAt: null };
  await takeStep(founding, createApiKey, { actor, keyId, prefix, ...unlimited });
  const credential: Credential = { keyId, actor, hash };
  await operational.put('credential', [
    { key: hash, value: JSON.stringify(credential) },
    { key: ADMINISTRATOR, value: JSON.stringify({ actor, key: { keyId, hash, prefix } }) },
  ]);
  return keyId;
}

/** The credentials of ended keys stay, so that whoever still shows one is told what it is. */
async function endOtherKeys(founding: Founding, actor: ActorRef, keyId: string): Promise<void> {
  const [agent] = await founding.store.get([actor]);
  const others = keysOf(agent?.props ?? {}).filter(
    ({ id, revoked, createdBy }) =>
      id !== keyId && !revoked && (createdBy ?? SYSTEM_ACTOR.ref) === SYSTEM_ACTOR.ref,
  );
  for (const { id } of others) await takeStep(founding, revokeApiKey, { actor, keyId: id });
}

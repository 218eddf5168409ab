import { createApiKey, revokeApiKey } from '../commands/api-keys.ts';
import {
  type CreateServiceAccountInput,
  createOrganization,
  createServiceAccount,
  createTeam,
  grantRole,
} from '../commands/found-hub.ts';
import { type ActorRef, SYSTEM_ACTOR } from '../domain/actor.ts';
import { parseLeaf } from '../domain/audit/leaf.ts';
import { DomainError } from '../domain/errors.ts';
import { grantsOf } from '../domain/governance/permissions.ts';
import type { Command, CommandInput } from '../ledger/command.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Ids } from '../ports/ids.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import { type Credential, hashOfKey } from '../transport/http/authenticate.ts';
import type { Config } from './config.ts';

/** Name of the first administrator's service account. */
export const ADMINISTRATOR = 'administrator';
/** Characters of a key that may be shown, to tell keys apart. */
export const KEY_PREFIX_LENGTH = 'ledgerline-'.length + 4;
const KEY_BYTES = 32;

interface Founding {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly store: LineageStore;
  readonly operational: OperationalStore;
  readonly ids: Ids;
}

/** What the operational store keeps of the first administrator. */
interface AdministratorEntry {
  readonly actor: ActorRef;
  readonly key: { readonly keyId: string; readonly hash: string; readonly prefix: string } | null;
}

/**
 * Brings a hub to where it can be used: organization, first team, first administrator and their
 * key. Each step looks before it acts, so that a start that was cut off is finished by the next.
 * Returns the key when it was made here.
 */
export async function foundHub(founding: Founding): Promise<string | null> {
  await foundOrganization(founding);
  await submit(founding, createTeam, { name: founding.config.team });
  const entry = await foundAdministrator(founding);
  return foundKey(founding, entry);
}

async function foundOrganization(founding: Founding): Promise<void> {
  const { store, config } = founding;
  const { size } = await store.head();
  if (size === 0) {
    await submit(founding, createOrganization, {});
    return;
  }
  const [first] = await store.facts({
    indexes: [0],
    order: 'oldest',
    limit: 1,
    scope: { all: true },
  });
  const org = first ? parseLeaf(first.leaf).org : undefined;
  if (org !== config.org) {
    throw new DomainError(
      'CONFLICT',
      `the data folder holds the log of the organization ${org}, not of ${config.org}; ` +
        'set LEDGERLINE_ORG or LEDGERLINE_DATA_DIR',
    );
  }
}

async function foundAdministrator(founding: Founding): Promise<AdministratorEntry> {
  const { operational, store, ids, config } = founding;
  const text = await operational.get('credential', ADMINISTRATOR);
  const entry: AdministratorEntry =
    text === null ? { actor: `act:${ids.uuid()}`, key: null } : JSON.parse(text);
  if (text === null) await keep(operational, entry);
  const [agent] = await store.get([entry.actor]);
  if (!agent) {
    const input = { id: entry.actor, team: config.team, name: ADMINISTRATOR };
    await submit<CreateServiceAccountInput>(founding, createServiceAccount, input);
  }
  if (!agent || grantsOf(agent.props).length === 0) {
    const grantId = ids.uuid();
    const [role, scope, expiresAt] = ['ADMINISTRATOR', 'org', null] as const;
    await submit(founding, grantRole, { grantId, to: entry.actor, role, scope, expiresAt });
  }
  return entry;
}

async function foundKey(founding: Founding, entry: AdministratorEntry): Promise<string | null> {
  const { config, ids } = founding;
  if (config.adminKey === null) {
    if (entry.key !== null) return null;
    const made = `ledgerline-${ids.bytes(KEY_BYTES).toString('hex')}`;
    await replaceKey(founding, entry, made);
    return made;
  }
  if (entry.key?.hash !== hashOfKey(config.adminKey)) {
    await replaceKey(founding, entry, config.adminKey);
  }
  return null;
}

/** The administrator has one key: the new one works from here on, the old one no more. */
async function replaceKey(founding: Founding, entry: AdministratorEntry, key: string) {
  const { operational, ids } = founding;
  const { actor } = entry;
  const [keyId, hash, prefix] = [`key:${ids.uuid()}`, hashOfKey(key), shownPrefix(key)];
  await submit(founding, createApiKey, { actor, keyId, prefix, expiresAt: null });
  const credential: Credential = { keyId, actor, hash, expiresAt: null };
  await operational.put('credential', [
    { key: hash, value: JSON.stringify(credential) },
    { key: ADMINISTRATOR, value: JSON.stringify({ actor, key: { keyId, hash, prefix } }) },
  ]);
  if (entry.key === null) return;
  await operational.delete('credential', [entry.key.hash]);
  const { keyId: oldId, prefix: oldPrefix } = entry.key;
  await submit(founding, revokeApiKey, {
    actor,
    keyId: oldId,
    prefix: oldPrefix,
    expiresAt: null,
  });
}

export function shownPrefix(key: string): string {
  return key.slice(0, KEY_PREFIX_LENGTH);
}

async function keep(operational: OperationalStore, entry: AdministratorEntry): Promise<void> {
  await operational.put('credential', [{ key: ADMINISTRATOR, value: JSON.stringify(entry) }]);
}

async function submit<I extends CommandInput>(
  { ledger }: Founding,
  command: Command<I>,
  input: I,
): Promise<void> {
  await ledger.submit({ command, input, actor: SYSTEM_ACTOR });
}

import {
  type CreateServiceAccountInput,
  createOrganization,
  createServiceAccount,
  createTeam,
  grantRole,
} from '../commands/found-hub.ts';
import { parseLeaf } from '../domain/audit/leaf.ts';
import { DomainError } from '../domain/errors.ts';
import { grantsOf } from '../domain/governance/permissions.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import {
  ADMINISTRATOR,
  type AdministratorEntry,
  foundAdministratorKey,
} from './administrator-key.ts';
import { type Founding, takeStep } from './founding.ts';

/**
 * Brings a hub to where it can be used: organization, first team, first administrator and their
 * key. Each step looks before it acts, so that a start that was cut off is finished by the next.
 * Returns the key when it was made here.
 */
export async function foundHub(founding: Founding): Promise<string | null> {
  await foundOrganization(founding);
  await takeStep(founding, createTeam, { name: founding.config.team });
  const entry = await foundAdministrator(founding);
  return foundAdministratorKey(founding, entry);
}

async function foundOrganization(founding: Founding): Promise<void> {
  const { store, config } = founding;
  const { size } = await store.head();
  if (size === 0) {
    await takeStep(founding, createOrganization, {});
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
    await takeStep<CreateServiceAccountInput>(founding, createServiceAccount, input);
  }
  if (!agent || grantsOf(agent.props).length === 0) {
    const grantId = ids.uuid();
    const [role, scope, expiresAt] = ['ADMINISTRATOR', 'org', null] as const;
    await takeStep(founding, grantRole, { grantId, to: entry.actor, role, scope, expiresAt });
  }
  return entry;
}

async function keep(operational: OperationalStore, entry: AdministratorEntry): Promise<void> {
  await operational.put('credential', [{ key: ADMINISTRATOR, value: JSON.stringify(entry) }]);
}

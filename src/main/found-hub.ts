import { createOrganization } from '../commands/create-organization.ts';
import {
  type CreateServiceAccountInput,
  createServiceAccount,
} from '../commands/create-service-account.ts';
import { type CreateTeamInput, createTeam } from '../commands/create-team.ts';
import { grantRole } from '../commands/grants.ts';
import { parseLeaf } from '../domain/audit/leaf.ts';
import { DomainError } from '../domain/errors.ts';
import { holdingId } from '../domain/governance/access-ids.ts';
import { ADMINISTRATOR_NAME } from '../domain/governance/actor-names.ts';
import { grantsOf } from '../domain/governance/permissions.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs } from '../domain/time.ts';
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
  const team: CreateTeamInput = { name: founding.config.team, ifExists: 'return' };
  await takeStep(founding, createTeam, team);
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
  const { operational, store, ids, clock, config } = founding;
  const text = await operational.get('credential', ADMINISTRATOR);
  const entry: AdministratorEntry =
    text === null ? { actor: `act:${ids.uuid()}`, key: null } : JSON.parse(text);
  if (text === null) await keep(operational, entry);
  const [agent] = await store.get([entry.actor]);
  if (!agent) {
    const account = { id: entry.actor, team: config.team, name: ADMINISTRATOR_NAME };
    const input: CreateServiceAccountInput = { ...account, ifExists: 'add' };
    await takeStep(founding, createServiceAccount, input);
  }
  if (!agent || !managesOrganization(agent, instantFromMs(clock.nowMs()))) {
    const grantId = holdingId('grant', entry.actor, ids.uuid());
    const [role, scope, expiresAt] = ['ADMINISTRATOR', 'org', null] as const;
    await takeStep(founding, grantRole, { grantId, to: entry.actor, role, scope, expiresAt });
  }
  return entry;
}

/** Another grant must not pass for the one that is needed: anybody may have given it. */
function managesOrganization({ props }: NodeRow, now: Instant): boolean {
  return grantsOf(props).some(
    ({ role, scope, expiresAt }) =>
      role === 'ADMINISTRATOR' && scope === 'org' && (expiresAt === null || now < expiresAt),
  );
}

async function keep(operational: OperationalStore, entry: AdministratorEntry): Promise<void> {
  await operational.put('credential', [{ key: ADMINISTRATOR, value: JSON.stringify(entry) }]);
}

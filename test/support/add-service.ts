import { type CreateApiKeyInput, createApiKey } from '../../src/commands/api-keys.ts';
import {
  type CreateServiceAccountInput,
  createServiceAccount,
} from '../../src/commands/create-service-account.ts';
import { type GrantRoleInput, grantRole } from '../../src/commands/grants.ts';
import { type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { holdingId } from '../../src/domain/governance/access-ids.ts';
import type { KeyLimits, Role } from '../../src/domain/governance/permissions.ts';
import type { Reader } from '../../src/projections/readable-by.ts';
import { authenticate } from '../../src/transport/http/authenticate.ts';
import { type NewKey, newApiKey } from '../../src/transport/http/keys.ts';
import type { Hub } from '../../src/transport/hub.ts';

export interface TestService {
  readonly ref: ActorRef;
  readonly key: string;
  /** The service as a reader, with the rights of the time of asking. */
  reader(): Promise<Reader>;
}

export type TestGrant = readonly [role: Role, scope: string];

/** A service account of the first team, with grants such as `['VIEWER', 'project/main/fraud']`. */
export async function addService(
  hub: Hub,
  name: string,
  grants: readonly TestGrant[],
): Promise<TestService> {
  return addServiceOf(hub, { team: hub.defaultTeam, name }, grants);
}

/** The same in a team that is named. */
export async function addServiceOf(
  hub: Hub,
  { team, name }: { readonly team: string; readonly name: string },
  grants: readonly TestGrant[],
): Promise<TestService> {
  const ref: ActorRef = `act:${hub.ids.uuid()}`;
  const account: CreateServiceAccountInput = { id: ref, team, name, ifExists: 'refuse' };
  const actor = SYSTEM_ACTOR;
  await hub.ledger.submit({ command: createServiceAccount, input: account, actor });
  for (const [role, scope] of grants) {
    const grantId = holdingId('grant', ref, hub.ids.uuid());
    const input: GrantRoleInput = { grantId, to: ref, role, scope, expiresAt: null };
    await hub.ledger.submit({ command: grantRole, input, actor });
  }
  const { text: key } = await addKey(hub, ref, {});
  return { ref, key, reader: () => authenticate(`Bearer ${key}`, hub) };
}

/** Another key of an actor, with limits. */
export async function addKey(hub: Hub, actor: ActorRef, limits: KeyLimits): Promise<NewKey> {
  const key = newApiKey(actor, hub.ids);
  const { actions = null, scope = null } = limits;
  const input: CreateApiKeyInput = {
    ...{ actor, keyId: key.id, prefix: key.prefix, actions, scope },
    expiresAt: null,
  };
  await hub.ledger.submit({ command: createApiKey, input, actor: SYSTEM_ACTOR });
  const value = JSON.stringify({ keyId: key.id, actor, hash: key.hash });
  await hub.operational.put('credential', [{ key: key.hash, value }]);
  return key;
}

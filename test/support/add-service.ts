import { type ApiKeyInput, createApiKey } from '../../src/commands/api-keys.ts';
import {
  type CreateServiceAccountInput,
  createServiceAccount,
  type GrantRoleInput,
  grantRole,
} from '../../src/commands/found-hub.ts';
import { type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { Role } from '../../src/domain/governance/permissions.ts';
import type { Reader } from '../../src/projections/readable-by.ts';
import { authenticate, hashOfKey } from '../../src/transport/http/authenticate.ts';
import type { Hub } from '../../src/transport/hub.ts';

export interface TestService {
  readonly ref: ActorRef;
  readonly key: string;
  /** The service as a reader, with the rights of the time of asking. */
  reader(): Promise<Reader>;
}

/** A service account of the first team, with grants such as `['VIEWER', 'project/main/fraud']`. */
export async function addService(
  hub: Hub,
  name: string,
  grants: ReadonlyArray<readonly [role: Role, scope: string]>,
): Promise<TestService> {
  const ref: ActorRef = `act:${hub.ids.uuid()}`;
  const account: CreateServiceAccountInput = { id: ref, team: hub.defaultTeam, name };
  const actor = SYSTEM_ACTOR;
  await hub.ledger.submit({ command: createServiceAccount, input: account, actor });
  for (const [role, scope] of grants) {
    const grantId = hub.ids.uuid();
    const input: GrantRoleInput = { grantId, to: ref, role, scope, expiresAt: null };
    await hub.ledger.submit({ command: grantRole, input, actor });
  }
  const key = `ledgerline-${hub.ids.bytes(32).toString('hex')}`;
  const keyId = `key:${hub.ids.uuid()}`;
  const input: ApiKeyInput = { actor: ref, keyId, prefix: key.slice(0, 15), expiresAt: null };
  await hub.ledger.submit({ command: createApiKey, input, actor });
  const hash = hashOfKey(key);
  const value = JSON.stringify({ keyId, actor: ref, hash });
  await hub.operational.put('credential', [{ key: hash, value }]);
  return { ref, key, reader: () => authenticate(`Bearer ${key}`, hub) };
}

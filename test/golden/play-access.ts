import {
  type CreateApiKeyInput,
  createApiKey,
  type RevokeApiKeyInput,
  type RotateApiKeyInput,
  revokeApiKey,
  rotateApiKey,
} from '../../src/commands/api-keys.ts';
import {
  type CreatePersonInput,
  type CreateSignInKeyInput,
  createPerson,
  createSignInKey,
} from '../../src/commands/create-person.ts';
import {
  type GrantRoleInput,
  grantRole,
  type RevokeGrantInput,
  revokeGrant,
} from '../../src/commands/grants.ts';
import { type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { type TestLedger, TRAINER } from '../support/open-ledger.ts';

const DAY_MS = 24 * 3_600_000;
const PERSON: ActorRef = 'act:33333333-3333-4333-8333-333333333333';

/** The life of a person's access: put on record, granted, keys made, rotated and ended. */
export async function playAccess({ submit, clock }: TestLedger): Promise<void> {
  const inAMonth = instantFromMs(clock.nowMs() + 30 * DAY_MS);
  const signInKey = { id: 'signin:1', prefix: 'ledgerline_signin_abcd' };
  await submit<CreatePersonInput>(createPerson, {
    ...{ id: PERSON, team: 'main', signInKey },
    personal: [{ person: PERSON, values: { name: 'Ada', email: 'ada@example.org' } }],
  });
  const newKey = { ...signInKey, id: 'signin:2' };
  await submit<CreateSignInKeyInput>(createSignInKey, { person: PERSON, key: newKey });
  const reason = [{ person: TRAINER.ref, values: { reason: 'on call' } }];
  const grant = { to: PERSON, role: 'CONTRIBUTOR', scope: 'project/main/churn' } as const;
  const granted = { ...grant, grantId: 'grant:1', expiresAt: inAMonth, personal: reason };
  await submit<GrantRoleInput>(grantRole, granted);
  const limits = { actions: ['record.read'], scope: 'team/main', expiresAt: inAMonth };
  const key = { actor: PERSON, keyId: 'key:2', prefix: 'ledgerline-bcde', ...limits };
  await submit<CreateApiKeyInput>(createApiKey, key);
  clock.advance(1_000);
  const rotation = { actor: PERSON, keyId: 'key:2', newKeyId: 'key:3', overlapHours: 24 };
  await submit<RotateApiKeyInput>(rotateApiKey, { ...rotation, prefix: 'ledgerline-cdef' });
  const ended = { actor: PERSON, keyId: 'key:3', personal: reason };
  await submit<RevokeApiKeyInput>(revokeApiKey, ended);
  const revoked = { from: PERSON, grantId: 'grant:1', personal: reason };
  await submit<RevokeGrantInput>(revokeGrant, revoked, SYSTEM_ACTOR);
}

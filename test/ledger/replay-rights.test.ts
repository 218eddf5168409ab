import { expect, test } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import {
  type GrantRoleInput,
  grantRole,
  type RevokeGrantInput,
  revokeGrant,
} from '../../src/commands/grants.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { openTestLedger, STRANGER } from '../support/open-ledger.ts';
import { runInput } from '../support/run-input.ts';

test('a key that comes again is answered only to who may still do what it stands for', async () => {
  const { ledger, submit, leaves } = await openTestLedger();
  const grantId = 'grant:stranger';
  const grant = { grantId, to: STRANGER.ref, role: 'CONTRIBUTOR', scope: 'team/main' } as const;
  await submit<GrantRoleInput>(grantRole, { ...grant, expiresAt: null }, SYSTEM_ACTOR);
  const again = () =>
    ledger.submit({
      command: createRun,
      input: runInput('once'),
      actor: STRANGER,
      idempotencyKey: 'k',
    });
  const first = await again();
  expect(await again()).toEqual({ ...first, outcome: 'replayed' });
  await submit<RevokeGrantInput>(revokeGrant, { from: STRANGER.ref, grantId }, SYSTEM_ACTOR);
  await expect(again()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await leaves()).at(-1)).toMatchObject({ outcome: 'deny', actor: { ref: STRANGER.ref } });
});

import { describe, expect, test } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import { GRANTS_LIVE_MAX, revokeGrant } from '../../src/commands/grants.ts';
import type { Actor } from '../../src/domain/actor.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import {
  ADMIN,
  asActor,
  DAY_MS,
  give,
  LEAD,
  openAccessLedger as open,
  refusal,
  service,
  withKey,
} from '../support/access-ledger.ts';
import { runInput } from '../support/run-input.ts';

describe('a grant', () => {
  test('is nobody’s own to give', async () => {
    const ledger = await open();
    for (const [who, scope] of [
      [ADMIN, 'org'],
      [LEAD, 'team/main'],
    ] as const) {
      await expect(give(ledger, who.ref, 'AUDITOR', scope, null, who)).rejects.toEqual(
        refusal('FORBIDDEN', 'nobody grants a role to themself'),
      );
    }
  });

  test('reaches no further than the rights of who gives it', async () => {
    const ledger = await open();
    const to = await service(ledger, '4', 'main');
    await give(ledger, to, 'CONTRIBUTOR', 'project/main/churn', null, LEAD);
    for (const scope of ['org', 'team/other', 'project/other/p', 'project/other/none']) {
      await expect(give(ledger, to, 'VIEWER', scope, null, LEAD)).rejects.toEqual(
        refusal('FORBIDDEN', 'grant needs access.manage on'),
      );
    }
  });

  test('gives only what the giver’s key would permit the giver', async () => {
    const ledger = await open();
    const to = await service(ledger, '4', 'main');
    const managing = await withKey(ledger, ADMIN, { actions: ['access.manage'] });
    await expect(give(ledger, to, 'CONTRIBUTOR', 'org', null, managing)).rejects.toEqual(
      refusal(
        'KEY_SCOPE',
        'grant needs record.read on the organization: one gives only what one has, and ' +
          'CONTRIBUTOR permits it; this API key is good for access.manage only',
      ),
    );
    const reading = await withKey(ledger, ADMIN, { actions: ['access.manage', 'record.read'] });
    await give(ledger, to, 'VIEWER', 'org', null, reading);
    const narrow = await withKey(ledger, ADMIN, { scope: 'team/main' });
    await give(ledger, to, 'VIEWER', 'team/main', null, narrow);
    await expect(give(ledger, to, 'VIEWER', 'team/other', null, narrow)).rejects.toEqual(
      refusal('KEY_SCOPE'),
    );
  });

  test('ends at its time, and is refused when that has passed already', async () => {
    const ledger = await open();
    const { submit, clock, inADay } = ledger;
    const to = await service(ledger, '4', 'main');
    const before = instantFromMs(clock.nowMs() - 1);
    await expect(give(ledger, to, 'VIEWER', 'org', before)).rejects.toEqual(
      refusal('INVALID_INPUT', 'would have ended already'),
    );
    await give(ledger, to, 'CONTRIBUTOR', 'team/main', inADay);
    await submit(createRun, runInput('a'), asActor(to));
    clock.advance(DAY_MS);
    await expect(submit(createRun, runInput('b'), asActor(to))).rejects.toEqual(
      refusal('NOT_FOUND'),
    );
  });

  test('ends no later than the rights of who gives it', async () => {
    const ledger = await open();
    const { clock, inADay } = ledger;
    const [passing, to] = [
      asActor(await service(ledger, '4', 'main')),
      await service(ledger, '5', 'main'),
    ];
    await give(ledger, passing.ref, 'ADMINISTRATOR', 'org', inADay);
    const later = instantFromMs(clock.nowMs() + DAY_MS + 1);
    for (const end of [null, later]) {
      await expect(give(ledger, to, 'ADMINISTRATOR', 'org', end, passing)).rejects.toEqual(
        refusal('FORBIDDEN', `access.manage on the organization ends at ${inADay}; expiresAt may`),
      );
    }
    await give(ledger, to, 'ADMINISTRATOR', 'org', inADay, passing);
    // What lasts longer on another scope counts there.
    await give(ledger, passing.ref, 'ADMINISTRATOR', 'team/main');
    await give(ledger, to, 'VIEWER', 'project/main/churn', null, passing);
    await expect(give(ledger, to, 'VIEWER', 'team/other', null, passing)).rejects.toEqual(
      refusal('FORBIDDEN', 'access.manage on other ends at'),
    );
  });

  test('is worth nothing from the moment that it is revoked', async () => {
    const ledger = await open();
    const { submit, leaves } = ledger;
    const to = await service(ledger, '4', 'main');
    const grantId = await give(ledger, to, 'CONTRIBUTOR', 'team/main');
    await submit(createRun, runInput('a'), asActor(to));
    // Both are asked for at once: the order of the log decides.
    const [, late] = await Promise.allSettled([
      submit(revokeGrant, { from: to, grantId }),
      submit(createRun, runInput('b'), asActor(to)),
    ]);
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    expect((await leaves()).at(-1)).toMatchObject({ outcome: 'deny', actor: { ref: to } });
  });

  test('is revoked by who manages its scope, and by nobody else', async () => {
    const ledger = await open();
    const { submit } = ledger;
    const to = await service(ledger, '4', 'main');
    const elsewhere = await give(ledger, to, 'VIEWER', 'project/other/p');
    const here = await give(ledger, to, 'VIEWER', 'team/main');
    // The scope is not the lead's to know, so that the refusal does not name it.
    await expect(submit(revokeGrant, { from: to, grantId: elsewhere }, LEAD)).rejects.toEqual(
      refusal('FORBIDDEN', /^revokeGrant needs access.manage on the scope of the grant$/),
    );
    await submit(revokeGrant, { from: to, grantId: here }, LEAD);
    await expect(submit(revokeGrant, { from: to, grantId: 'none' }, LEAD)).rejects.toEqual(
      refusal('NOT_FOUND'),
    );
  });

  test('of the organization is not taken from oneself, so that somebody stays', async () => {
    const ledger = await open();
    const { submit } = ledger;
    await expect(submit(revokeGrant, { from: ADMIN.ref, grantId: 'g1' }, ADMIN)).rejects.toEqual(
      refusal('FORBIDDEN', 'always has an administrator'),
    );
    const other = await service(ledger, '4', 'main');
    await give(ledger, other, 'ADMINISTRATOR', 'org');
    await submit(revokeGrant, { from: ADMIN.ref, grantId: 'g1' }, asActor(other));
  });

  test('of the organization without an end is taken by who holds one such alone', async () => {
    const ledger = await open();
    const { submit, inADay, clock } = ledger;
    const [passing, lasting] = [
      asActor(await service(ledger, '4', 'main')),
      asActor(await service(ledger, '5', 'main')),
    ];
    const ending = await give(ledger, passing.ref, 'ADMINISTRATOR', 'org', inADay);
    const take = (from: Actor, grantId: string, by: Actor) =>
      submit(revokeGrant, { from: from.ref, grantId }, by);
    await expect(take(ADMIN, 'g1', passing)).rejects.toEqual(
      refusal('FORBIDDEN', 'only who holds such a grant without an end takes it'),
    );
    await take(passing, ending, ADMIN);
    const other = await give(ledger, lasting.ref, 'ADMINISTRATOR', 'org');
    // Each takes the other's at once: the order of the log leaves one of them.
    const both = [take(lasting, other, ADMIN), take(ADMIN, 'g1', lasting)];
    const ended = await Promise.allSettled(both);
    expect(ended).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'FORBIDDEN' } },
    ]);
    clock.advance(DAY_MS);
    await give(ledger, passing.ref, 'ADMINISTRATOR', 'org', null, ADMIN);
  });

  test(`is one of at most ${GRANTS_LIVE_MAX}`, async () => {
    const ledger = await open();
    const to = await service(ledger, '4', 'main');
    const ends = Array.from({ length: GRANTS_LIVE_MAX }, (_, at) =>
      instantFromMs(ledger.clock.nowMs() + DAY_MS + at),
    );
    await Promise.all(ends.map((end) => give(ledger, to, 'VIEWER', 'org', end)));
    await expect(give(ledger, to, 'AUDITOR', 'org')).rejects.toEqual(refusal('LIMIT_EXCEEDED'));
    ledger.clock.advance(DAY_MS + 1);
    await give(ledger, to, 'AUDITOR', 'org');
  });
});

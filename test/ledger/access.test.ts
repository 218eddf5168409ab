import { describe, expect, test } from 'vitest';
import {
  API_KEYS_LIVE_MAX,
  type CreateApiKeyInput,
  createApiKey,
  type RevokeApiKeyInput,
  type RotateApiKeyInput,
  revokeApiKey,
  rotateApiKey,
} from '../../src/commands/api-keys.ts';
import { createPerson, createSignInKey } from '../../src/commands/create-person.ts';
import { createProject } from '../../src/commands/create-project.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { createServiceAccount } from '../../src/commands/create-service-account.ts';
import { createTeam } from '../../src/commands/create-team.ts';
import {
  GRANTS_LIVE_MAX,
  type GrantRoleInput,
  grantRole,
  revokeGrant,
} from '../../src/commands/grants.ts';
import { type Actor, type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { Role } from '../../src/domain/governance/permissions.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import { openTestLedger, STRANGER, type TestLedger, TRAINER } from '../support/open-ledger.ts';
import { runInput } from '../support/run-input.ts';

const DAY_MS = 24 * 3_600_000;
const ROTATION = { prefix: 'p', overlapHours: 1 };
/** The organization's administrator, who comes without a key that would limit them. */
const ADMIN = TRAINER;
const LEAD = STRANGER;
const refOf = (digit: string): ActorRef => `act:${digit.repeat(8)}-3333-4333-8333-333333333333`;

/** A ledger with the teams main and other; the stranger leads main. */
async function open() {
  const ledger = await openTestLedger();
  const { submit } = ledger;
  await submit(createTeam, { name: 'other', ifExists: 'refuse' } as never);
  await submit(createProject, { team: 'other', project: 'p', ifExists: 'refuse' } as never);
  await give(ledger, LEAD.ref, 'ADMINISTRATOR', 'team/main');
  return { ...ledger, inADay: instantFromMs(ledger.clock.nowMs() + DAY_MS) };
}

let made = 0;

/** A number that was not used before in this file. */
function next(): number {
  made += 1;
  return made;
}

/** Grants a role and returns the id of the grant. */
async function give(
  { submit }: Pick<TestLedger, 'submit'>,
  to: ActorRef,
  ...[role, scope, expiresAt = null, by = SYSTEM_ACTOR]: [Role, string, (Instant | null)?, Actor?]
): Promise<string> {
  const grantId = `grant:${next()}`;
  await submit<GrantRoleInput>(grantRole, { grantId, to, role, scope, expiresAt }, by);
  return grantId;
}

async function service({ submit }: Pick<TestLedger, 'submit'>, digit: string, team: string) {
  const id = refOf(digit);
  const input = { id, team, name: `service-${digit}`, ifExists: 'refuse' as const };
  await submit(createServiceAccount, input as never, SYSTEM_ACTOR);
  return id;
}

interface KeyAsk extends Partial<CreateApiKeyInput> {
  readonly actor: ActorRef;
}

function keyInput(id: string, more: KeyAsk): CreateApiKeyInput {
  return { keyId: id, prefix: 'p', actions: null, scope: null, expiresAt: null, ...more };
}

/** The actor as they come with one of their keys, which the hub made. */
async function withKey({ submit }: Pick<TestLedger, 'submit'>, who: Actor, more: object) {
  const via = `key:${next()}`;
  await submit(createApiKey, keyInput(via, { actor: who.ref, ...more }), SYSTEM_ACTOR);
  return { ...who, via };
}

const asActor = (ref: ActorRef): Actor => ({ ...TRAINER, ref, via: 'session' });
const refusal = (code: string, message?: string | RegExp) =>
  message === undefined
    ? expect.objectContaining({ code })
    : expect.objectContaining({ code, message: expect.stringMatching(message) });

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

describe('an API key', () => {
  test('is not made for an account with wider rights than one’s own', async () => {
    const ledger = await open();
    const { submit, inADay, clock } = ledger;
    const own = await service(ledger, '4', 'main');
    const wide = await service(ledger, '5', 'main');
    const far = await service(ledger, '6', 'other');
    const ask = (actor: ActorRef) =>
      submit(createApiKey, keyInput(`k${next()}`, { actor, expiresAt: inADay }), LEAD);
    await ask(own);
    await give(ledger, wide, 'VIEWER', 'project/other/p', inADay);
    await expect(ask(wide)).rejects.toEqual(
      refusal(
        'FORBIDDEN',
        /^createApiKey needs access.manage on every scope where the actor has a role$/,
      ),
    );
    await expect(ask(far)).rejects.toEqual(
      refusal(
        'FORBIDDEN',
        /^createApiKey needs access.manage on the place where the actor is at home$/,
      ),
    );
    await expect(ask(ADMIN.ref)).rejects.toEqual(refusal('FORBIDDEN'));
    // A grant that has ended gives nothing that could be misused.
    clock.advance(DAY_MS);
    const later = instantFromMs(clock.nowMs() + DAY_MS);
    await submit(createApiKey, keyInput('late', { actor: wide, expiresAt: later }), LEAD);
  });

  test('and one for signing in neither', async () => {
    const ledger = await open();
    const { submit } = ledger;
    const person = refOf('7');
    const personal = [{ person, values: { name: 'Ada' } }];
    const input = { id: person, team: 'main', signInKey: null, personal };
    await submit(createPerson, input, LEAD);
    const key = { id: 's1', prefix: 'p' };
    await submit(createSignInKey, { person, key }, LEAD);
    await give(ledger, person, 'APPROVER', 'project/other/p');
    await expect(
      submit(createSignInKey, { person, key: { ...key, id: 's2' } }, LEAD),
    ).rejects.toEqual(refusal('FORBIDDEN'));
    const free = { ...input, id: refOf('8'), team: null, personal: [] };
    await expect(submit(createPerson, free, LEAD)).rejects.toEqual(
      refusal('FORBIDDEN', 'access.manage on the organization'),
    );
  });

  test('is not made for oneself without managing access', async () => {
    const ledger = await open();
    const own = await service(ledger, '4', 'main');
    const input = keyInput('k', { actor: own, expiresAt: ledger.inADay });
    await expect(ledger.submit(createApiKey, input, asActor(own))).rejects.toEqual(
      refusal('FORBIDDEN'),
    );
  });

  test('with limits makes only keys within them', async () => {
    const ledger = await open();
    const { submit, inADay: expiresAt } = ledger;
    const actor = await service(ledger, '4', 'main');
    const limits = { actions: ['access.manage', 'record.read'], scope: 'team/main' };
    const limited = await withKey(ledger, ADMIN, limits);
    const ask = (more: object) =>
      submit(createApiKey, keyInput(`k${next()}`, { actor, expiresAt, ...more }), limited);
    for (const more of [
      {},
      { actions: ['record.read'] },
      { scope: 'team/main' },
      { actions: ['record.write'], scope: 'team/main' },
    ]) {
      await expect(ask(more)).rejects.toEqual(
        refusal(
          'KEY_SCOPE',
          'keys within them only: the actions record.read, access.manage and the scope team/main',
        ),
      );
    }
    await expect(ask({ actions: ['record.read'], scope: 'org' })).rejects.toEqual(
      refusal('KEY_SCOPE'),
    );
    await ask({ actions: ['record.read'], scope: 'project/main/churn' });
  });

  test('of an actor does not tell in which team they are at home, but to who reads there', async () => {
    const ledger = await open();
    const { submit, inADay: expiresAt } = ledger;
    const actor = await service(ledger, '4', 'other');
    const key = await withKey(ledger, asActor(actor), {});
    const ask = [
      () => submit(createApiKey, keyInput('k', { actor, expiresAt }), LEAD),
      () => submit<RevokeApiKeyInput>(revokeApiKey, { actor, keyId: key.via }, LEAD),
      () => {
        const input = { actor, keyId: key.via, newKeyId: 'n', ...ROTATION };
        return submit<RotateApiKeyInput>(rotateApiKey, input, LEAD);
      },
      () => submit(createSignInKey, { person: actor, key: { id: 's', prefix: 'p' } }, LEAD),
    ];
    for (const each of ask) {
      const error = await each().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        message: expect.stringMatching(/ on the place where the actor is at home$/),
        details: { missing: ['access.manage'] },
      });
      expect(error).not.toHaveProperty('details.scope');
    }
    await give(ledger, LEAD.ref, 'VIEWER', 'team/other');
    for (const each of ask) {
      await expect(each()).rejects.toMatchObject({
        message: expect.stringMatching(/ needs access.manage on other$/),
        details: { missing: ['access.manage'], scope: 'team/other' },
      });
    }
  });

  test('does not tell by its scope what exists where one may not read', async () => {
    const ledger = await open();
    const actor = await service(ledger, '4', 'main');
    for (const scope of ['project/other/p', 'project/other/none', 'team/none']) {
      const input = keyInput(`k-${scope}`, { actor, expiresAt: ledger.inADay, scope });
      await expect(ledger.submit(createApiKey, input, LEAD)).rejects.toEqual(
        refusal('FORBIDDEN', 'createApiKey needs record.read on'),
      );
    }
  });

  test('with limits is no way to a key of the same owner with fewer', async () => {
    const ledger = await open();
    const { submit } = ledger;
    const actor = asActor(await service(ledger, '4', 'main'));
    const full = await withKey(ledger, actor, {});
    const narrow = await withKey(ledger, actor, { actions: ['record.read'] });
    const other = await withKey(ledger, actor, { actions: ['record.read'], scope: 'team/main' });
    const rotate = (keyId: string, by: Actor) => {
      const input = { actor: actor.ref, keyId, newKeyId: `n${next()}`, ...ROTATION };
      return submit<RotateApiKeyInput>(rotateApiKey, input, by);
    };
    await expect(rotate(full.via, narrow)).rejects.toEqual(refusal('KEY_SCOPE'));
    await expect(rotate(narrow.via, other)).rejects.toEqual(refusal('KEY_SCOPE'));
    const end = (keyId: string, by: Actor) =>
      submit<RevokeApiKeyInput>(revokeApiKey, { actor: actor.ref, keyId }, by);
    await expect(end(full.via, narrow)).rejects.toEqual(refusal('KEY_SCOPE'));
    await rotate(narrow.via, narrow);
    await end(other.via, narrow);
    await end(narrow.via, full);
    await end(full.via, full);
  });

  test('of somebody else takes managing access to rotate, and at home to revoke', async () => {
    const ledger = await open();
    const { submit } = ledger;
    const actor = await service(ledger, '4', 'main');
    const key = await withKey(ledger, asActor(actor), {});
    await give(ledger, actor, 'VIEWER', 'team/other');
    const input = { actor, keyId: key.via, newKeyId: 'n', ...ROTATION };
    await expect(submit<RotateApiKeyInput>(rotateApiKey, input, LEAD)).rejects.toEqual(
      refusal('FORBIDDEN'),
    );
    const stranger = asActor(await service(ledger, '5', 'main'));
    const ending = { actor, keyId: key.via };
    await expect(submit<RevokeApiKeyInput>(revokeApiKey, ending, stranger)).rejects.toEqual(
      refusal('FORBIDDEN'),
    );
    // What leaked in one's team is one's own to end, whatever it opens elsewhere.
    await submit<RevokeApiKeyInput>(revokeApiKey, ending, LEAD);
  });

  test('of who has a role on the organization is ended by who manages that', async () => {
    const ledger = await open();
    const { submit, clock, inADay } = ledger;
    const theirs = await withKey(ledger, ADMIN, {});
    const end = (who: Actor, by: Actor) =>
      submit<RevokeApiKeyInput>(revokeApiKey, { actor: who.ref, keyId: who.via }, by);
    // The administrator is at home in the team of the lead.
    await expect(end(theirs, LEAD)).rejects.toEqual(
      refusal(
        'FORBIDDEN',
        /^revokeApiKey needs access.manage on the organization: the actor has a role there$/,
      ),
    );
    const viewer = asActor(await service(ledger, '4', 'main'));
    await give(ledger, viewer.ref, 'VIEWER', 'org', inADay);
    const [first, second] = [await withKey(ledger, viewer, {}), await withKey(ledger, viewer, {})];
    await expect(end(first, LEAD)).rejects.toEqual(refusal('FORBIDDEN'));
    const other = asActor(await service(ledger, '5', 'other'));
    await give(ledger, other.ref, 'ADMINISTRATOR', 'org');
    await end(first, other);
    await end(theirs, other);
    clock.advance(DAY_MS);
    await end(second, LEAD);
  });

  test('that is revoked while its request waits is worth nothing', async () => {
    const ledger = await open();
    const { submit } = ledger;
    const actor = asActor(await service(ledger, '4', 'main'));
    await give(ledger, actor.ref, 'CONTRIBUTOR', 'team/main');
    const key = await withKey(ledger, actor, {});
    const mine = { actor: actor.ref, keyId: key.via };
    const [, run, other] = await Promise.allSettled([
      submit<RevokeApiKeyInput>(revokeApiKey, mine),
      submit(createRun, runInput('a'), key),
      submit<RotateApiKeyInput>(rotateApiKey, { ...mine, newKeyId: 'n', ...ROTATION }, key),
    ]);
    for (const late of [run, other]) {
      expect(late).toMatchObject({ status: 'rejected', reason: { code: 'KEY_REVOKED' } });
    }
  });

  test(`is one of at most ${API_KEYS_LIVE_MAX} that are good`, async () => {
    const ledger = await open();
    const { submit } = ledger;
    const actor = await service(ledger, '4', 'main');
    const names = Array.from({ length: API_KEYS_LIVE_MAX }, (_, at) => `many-${at}`);
    await Promise.all(
      names.map((name) => submit(createApiKey, keyInput(name, { actor }), SYSTEM_ACTOR)),
    );
    const more = keyInput('more', { actor, expiresAt: ledger.inADay });
    await expect(submit(createApiKey, more)).rejects.toEqual(refusal('LIMIT_EXCEEDED'));
    await submit<RevokeApiKeyInput>(revokeApiKey, { actor, keyId: 'many-0' });
    await submit(createApiKey, more);
  });
});

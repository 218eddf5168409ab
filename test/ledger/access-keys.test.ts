import { describe, expect, test } from 'vitest';
import {
  API_KEYS_LIVE_MAX,
  createApiKey,
  type RevokeApiKeyInput,
  type RotateApiKeyInput,
  revokeApiKey,
  rotateApiKey,
} from '../../src/commands/api-keys.ts';
import { createPerson, createSignInKey } from '../../src/commands/create-person.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { type Actor, type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { keyOf, keysOf } from '../../src/domain/governance/permissions.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import {
  ADMIN,
  asActor,
  DAY_MS,
  give,
  keyInput,
  LEAD,
  next,
  openAccessLedger as open,
  ROTATION,
  refOf,
  refusal,
  service,
  withKey,
} from '../support/access-ledger.ts';
import { runInput } from '../support/run-input.ts';

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
    await expect(ask({ actions: ['record.write'], scope: 'team/main' })).rejects.toEqual(
      refusal(
        'KEY_SCOPE',
        'keys within them: the actions record.read, access.manage and the scope team/main',
      ),
    );
    await expect(ask({ actions: ['record.read'], scope: 'org' })).rejects.toEqual(
      refusal('KEY_SCOPE'),
    );
    await ask({ actions: ['record.read'], scope: 'project/main/churn' });
  });

  test('with limits makes keys like itself where nothing else is asked for', async () => {
    const ledger = await open();
    const { submit, store, inADay: expiresAt } = ledger;
    const actor = await service(ledger, '4', 'main');
    // Without record.read no scope may be named, and none needs to be.
    const limited = await withKey(ledger, LEAD, { actions: ['access.manage'], scope: 'team/main' });
    await submit(createApiKey, keyInput('key:plain', { actor, expiresAt }), limited);
    const reading = { actions: ['record.read', 'access.manage'], scope: 'team/main' };
    const wider = await withKey(ledger, LEAD, reading);
    const part = { actor, expiresAt, scope: 'project/main/churn' };
    await submit(createApiKey, keyInput('key:part', part), wider);
    const [agent] = await store.get([actor]);
    expect(keysOf(agent?.props ?? {})).toMatchObject([
      { id: 'key:plain', actions: ['access.manage'], scope: 'team/main' },
      { id: 'key:part', actions: ['record.read', 'access.manage'], scope: part.scope },
    ]);
  });

  test('makes none that lives longer', async () => {
    const ledger = await open();
    const { submit, clock, inADay } = ledger;
    const actor = await service(ledger, '4', 'main');
    const passing = await withKey(ledger, ADMIN, { expiresAt: inADay });
    const later = instantFromMs(clock.nowMs() + DAY_MS + 1);
    const ask = (expiresAt: Instant, by: Actor) =>
      submit(createApiKey, keyInput(`k${next()}`, { actor, expiresAt }), by);
    await expect(ask(later, passing)).rejects.toEqual(
      refusal('KEY_SCOPE', `was shown ends at ${inADay}, and so does every key made by it`),
    );
    await ask(inADay, passing);
    await ask(later, await withKey(ledger, ADMIN, {}));
  });

  test('that rotates itself, or another, ends when it would have ended', async () => {
    const ledger = await open();
    const { submit, store, clock, inADay } = ledger;
    const actor = asActor(await service(ledger, '4', 'main'));
    const passing = await withKey(ledger, actor, { expiresAt: inADay });
    const lasting = await withKey(ledger, actor, {});
    const rotate = async (keyId: string, by: Actor) => {
      const newKeyId = `new:${next()}`;
      const input = { actor: actor.ref, keyId, newKeyId, ...ROTATION };
      await submit<RotateApiKeyInput>(rotateApiKey, input, by);
      const [agent] = await store.get([actor.ref]);
      return keyOf(agent?.props ?? {}, newKeyId)?.expiresAt;
    };
    clock.advance(DAY_MS / 2);
    const other = await rotate(lasting.via, passing);
    const itself = await rotate(passing.via, passing);
    expect([other, itself]).toEqual([inADay, inADay]);
    // Who manages the account without such a key gives the same length of life anew.
    const fresh = await withKey(ledger, actor, { expiresAt: inADay });
    const end = await rotate(fresh.via, ADMIN);
    expect(end).toBe(instantFromMs(clock.nowMs() + DAY_MS / 2));
  });

  test('with limits makes no key for signing in', async () => {
    const ledger = await open();
    const { submit } = ledger;
    const person = refOf('7');
    const input = { id: person, team: 'main', signInKey: { id: 's0', prefix: 'p' } };
    const key = { id: 's1', prefix: 'p' };
    const refused = refusal('KEY_SCOPE', 'not for keys for signing in, which have none: the');
    for (const limits of [{ actions: ['access.manage', 'record.read'] }, { scope: 'team/main' }]) {
      const limited = await withKey(ledger, LEAD, limits);
      await expect(submit(createPerson, input, limited)).rejects.toEqual(refused);
    }
    await submit(createPerson, input, await withKey(ledger, LEAD, {}));
    const limited = await withKey(ledger, LEAD, { scope: 'team/main' });
    await expect(submit(createSignInKey, { person, key }, limited)).rejects.toEqual(refused);
  });

  test('does not tell in which team its actor is at home, but to who reads there', async () => {
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

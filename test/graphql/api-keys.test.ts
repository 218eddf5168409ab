import { describe, expect, test } from 'vitest';
import {
  AccessWorld,
  CREATE_KEY,
  IN_A_MONTH_MS,
  inMs,
  REVOKE_KEY,
  ROTATE_KEY,
} from '../support/access-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';
import { recorder } from '../support/record.ts';
import { withClock } from '../support/with-clock.ts';

const DAY_MS = 24 * 3_600_000;
const VIEWER = '{ viewer { id name } }';
const CREATE_RUN = `mutation ($project: String!) {
  createRun(input: { project: $project }) { run { id } }
}`;

/** A project and a service account that may write in its team. */
async function open() {
  const opened = await openTestHub();
  const { hub, clock } = withClock(opened.hub);
  const client = await openGraphqlClient(hub);
  const world = new AccessWorld(client);
  await recorder(client).project('p');
  await recorder(client).project('q');
  const service = await world.service('main', 'trainer');
  await world.grant(service, 'CONTRIBUTOR', 'team/main');
  return { hub, clock, client, world, service };
}

describe('an API key', () => {
  test('is shown once, and told from others by its prefix', async () => {
    const { world, service, hub } = await open();
    const expiresAt = inMs(IN_A_MONTH_MS);
    const input = { actor: service, expiresAt, idempotencyKey: 'k' };
    const { createApiKey } = await world.get(CREATE_KEY, { input });
    const { key, prefix, apiKey, fact } = createApiKey;
    expect(key).toMatch(/^ledgerline-[0-9a-f]{64}$/);
    expect(key.startsWith(prefix)).toBe(true);
    expect(apiKey).toMatchObject({ prefix, actions: null, scope: null, revoked: false });
    expect(fact.type).toBe('apiKey.created');
    const before = await hub.operational.list('credential', { prefix: '', limit: 100 });
    const again = (await world.get(CREATE_KEY, { input })).createApiKey;
    expect(again).toEqual({ ...createApiKey, key: null });
    expect(await hub.operational.list('credential', { prefix: '', limit: 100 })).toEqual(before);
    expect((await world.by(key).get(VIEWER)).viewer).toEqual({ id: service, name: 'trainer' });
  });

  test('that was refused leaves no credential behind', async () => {
    const { world, hub } = await open();
    const before = await hub.operational.list('credential', { prefix: '', limit: 100 });
    const input = { actor: `act:${hub.ids.uuid()}`, expiresAt: inMs(DAY_MS) };
    expect((await world.refused(CREATE_KEY, { input })).code).toBe('NOT_FOUND');
    expect(await hub.operational.list('credential', { prefix: '', limit: 100 })).toEqual(before);
  });

  test.each([
    [{ actions: ['record.reed'] }, 'there is no action "record.reed"; there are record.read'],
    [{ actions: [] }, 'a key without any action would be of no use'],
    [{ expiresAt: inMs(-1_000) }, 'the API key would have ended already'],
    [{ expiresAt: inMs(367 * DAY_MS) }, 'an API key lives for at most 366 days'],
    [{ scope: 'everywhere' }, 'a scope is org, team/<team> or project/<team>/<project>'],
  ])('with %j is refused', async (limits, text) => {
    const { world, service } = await open();
    const input = { actor: service, expiresAt: inMs(DAY_MS), ...limits };
    const { code, message } = await world.refused(CREATE_KEY, { input });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain(text);
  });

  test('is not made for a scope that is not there, or for an id that is no actor', async () => {
    const { world, service } = await open();
    const input = { actor: service, expiresAt: inMs(DAY_MS), scope: 'project/main/none' };
    expect(await world.refused(CREATE_KEY, { input })).toEqual({
      code: 'NOT_FOUND',
      message: 'there is no project/main/none',
    });
    const { project } = await world.get('{ project(team: "main", name: "p") { id } }');
    const wrong = { input: { actor: project.id, expiresAt: inMs(DAY_MS) } };
    expect((await world.refused(CREATE_KEY, wrong)).code).toBe('NOT_FOUND');
    const own = await world.apiKey(service);
    expect((await world.by(own.key).refused(CREATE_KEY, wrong)).code).toBe('NOT_FOUND');
  });

  test('with limits says KEY_SCOPE where its owner may, and FORBIDDEN where not', async () => {
    const { world, service } = await open();
    const reading = await world.apiKey(service, { actions: ['record.read'] });
    const narrow = await world.apiKey(service, { scope: 'project/main/p' });
    await world.team('other');
    const hidden = await world.get(
      'mutation { createProject(input: { team: "other", name: "s" }) { project { id } } }',
    );
    expect(await world.by(reading.key).refused(CREATE_RUN, { project: 'main/p' })).toEqual({
      code: 'KEY_SCOPE',
      message: 'createRun needs record.write on main/p; this API key is good for record.read only',
    });
    await world.by(narrow.key).get(CREATE_RUN, { project: 'main/p' });
    // Outside of its scope the key shows nothing, so that the project is as good as not there.
    const outside = await world.by(narrow.key).refused(CREATE_RUN, { project: 'main/q' });
    expect(outside.code).toBe('NOT_FOUND');
    const elsewhere = { project: hidden.createProject.project.id };
    expect((await world.by(narrow.key).refused(CREATE_RUN, elsewhere)).code).toBe('NOT_FOUND');
    const viewer = await world.service('main', 'viewer');
    await world.grant(viewer, 'VIEWER', 'team/main');
    const { key } = await world.apiKey(viewer);
    const { code } = await world.by(key).refused(CREATE_RUN, { project: 'main/p' });
    expect(code).toBe('FORBIDDEN');
    const create =
      'mutation { createProject(input: { team: "main", name: "r" }) { project { id } } }';
    expect((await world.by(narrow.key).refused(create)).code).toBe('KEY_SCOPE');
  });

  test('that was revoked is refused at once, and told from an unknown one', async () => {
    const { world, service } = await open();
    const { id, key } = await world.apiKey(service);
    const by = world.by(key);
    await by.get(VIEWER);
    const input = { key: id, reason: 'it leaked' };
    const { revokeApiKey } = await world.get(REVOKE_KEY, { input });
    expect(revokeApiKey).toEqual({
      apiKey: { id, revoked: true, revokedAt: expect.stringMatching(/Z$/) },
      warnings: [],
      fact: { type: 'apiKey.revoked' },
    });
    expect(await by.refused(VIEWER)).toEqual({
      code: 'KEY_REVOKED',
      message: 'the API key was revoked',
    });
    expect((await world.by(`ledgerline-${'0'.repeat(64)}`).refused(VIEWER)).code).toBe(
      'UNAUTHENTICATED',
    );
    expect((await world.refused(REVOKE_KEY, { input })).code).toBe('CONFLICT');
    const none = { input: { key: 'key:none' } };
    expect((await world.refused(REVOKE_KEY, none)).code).toBe('NOT_FOUND');
  });

  test('that expired is refused, and says when it did', async () => {
    const { world, service, clock } = await open();
    const { key } = await world.apiKey(service, { expiresAt: inMs(DAY_MS) });
    await world.by(key).get(VIEWER);
    clock.advance(2 * DAY_MS);
    const { code, message } = await world.by(key).refused(VIEWER);
    expect(code).toBe('KEY_EXPIRED');
    expect(message).toMatch(/^the API key expired at \d{4}-/);
  });

  test('that is of a person for signing in opens sessions, and no API', async () => {
    const { world } = await open();
    const made = await world.get('mutation { createPerson(input: { name: "Ada" }) { signInKey } }');
    expect(await world.by(made.createPerson.signInKey).refused(VIEWER)).toEqual({
      code: 'UNAUTHENTICATED',
      message: 'this key opens sessions for a person and is no API key',
    });
  });

  test('tells when it was last used, to the minute', async () => {
    const { world, service, clock } = await open();
    const { id, key } = await world.apiKey(service);
    const lastUse = async () => {
      const query = 'query ($id: ID!) { actor(id: $id) { apiKeys { id lastUsedAt } } }';
      const { actor } = await world.get(query, { id: service });
      return actor.apiKeys.find((each: { id: string }) => each.id === id).lastUsedAt;
    };
    expect(await lastUse()).toBeNull();
    await world.by(key).get(VIEWER);
    const first = await lastUse();
    expect(first).toMatch(/Z$/);
    clock.advance(59_000);
    await world.by(key).get(VIEWER);
    expect(await lastUse()).toBe(first);
    clock.advance(1_000);
    await world.by(key).get(VIEWER);
    expect(Date.parse(await lastUse()) - Date.parse(first)).toBe(60_000);
  });
});

describe('a rotation', () => {
  test('makes a key with the same limits, beside which the old one goes on a while', async () => {
    const { world, service, clock } = await open();
    const limits = { actions: ['record.read', 'record.write'], scope: 'project/main/p' };
    const old = await world.apiKey(service, limits);
    const input = { key: old.id, idempotencyKey: 'k' };
    // It needs no right but the key itself.
    const { rotateApiKey } = await world.by(old.key).get(ROTATE_KEY, { input });
    const { key, apiKey, replaced } = rotateApiKey;
    expect(apiKey).toMatchObject(limits);
    expect(replaced).toMatchObject({ id: old.id, revoked: false, replacedBy: apiKey.id });
    const again = (await world.by(old.key).get(ROTATE_KEY, { input })).rotateApiKey;
    expect(again).toEqual({ ...rotateApiKey, key: null });
    const twice = await world.by(old.key).refused(ROTATE_KEY, { input: { key: old.id } });
    expect(twice).toEqual({
      code: 'CONFLICT',
      message: `the API key ${old.id} was rotated already; ${apiKey.id} is in its place`,
    });
    for (const each of [old.key, key]) await world.by(each).get(VIEWER);
    clock.advance(25 * 3_600_000);
    expect((await world.by(old.key).refused(VIEWER)).code).toBe('KEY_EXPIRED');
    await world.by(key).get(VIEWER);
    clock.advance(IN_A_MONTH_MS);
    expect((await world.by(key).refused(VIEWER)).code).toBe('KEY_EXPIRED');
  });

  test('of a key that is revoked then is named, since what is in its place is good', async () => {
    const { world, service } = await open();
    const old = await world.apiKey(service);
    const rotated = async (key: string) =>
      (await world.get(ROTATE_KEY, { input: { key } })).rotateApiKey.apiKey;
    const second = await rotated(old.id);
    const third = await rotated(second.id);
    await world.get(REVOKE_KEY, { input: { key: second.id } });
    const { revokeApiKey } = await world.get(REVOKE_KEY, { input: { key: old.id } });
    expect(revokeApiKey.warnings).toEqual([
      `the API key ${third.id} was made in its place and is good until ${third.expiresAt}; ` +
        'after a leak, revoke it too',
    ]);
  });

  test('without an overlap ends the old key at once', async () => {
    const { world, service, clock } = await open();
    const old = await world.apiKey(service);
    const input = { key: old.id, overlapHours: 0 };
    const { rotateApiKey } = await world.get(ROTATE_KEY, { input });
    clock.advance(60_000);
    expect((await world.by(old.key).refused(VIEWER)).code).toBe('KEY_EXPIRED');
    await world.by(rotateApiKey.key).get(VIEWER);
    const more = { input: { key: rotateApiKey.apiKey.id, overlapHours: 169 } };
    expect((await world.refused(ROTATE_KEY, more)).message).toContain('from 0 to 168');
  });

  test('of the key in the configuration works like that of any other', async () => {
    const { world } = await open();
    const { viewer } = await world.get('{ viewer { apiKeys { id expiresAt } } }');
    const { rotateApiKey } = await world.get(ROTATE_KEY, { input: { key: viewer.apiKeys[0].id } });
    expect(rotateApiKey.key).not.toBe(ADMIN_KEY);
    await world.by(rotateApiKey.key).get(VIEWER);
  });
});

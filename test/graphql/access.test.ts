import { describe, expect, test } from 'vitest';
import {
  AccessWorld,
  CREATE_PERSON,
  CREATE_SERVICE,
  GRANT,
  inMs,
  REVOKE_GRANT,
  REVOKE_KEY,
} from '../support/access-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { recorder } from '../support/record.ts';

async function open() {
  const { hub, admin } = await openTestHub();
  const client = await openGraphqlClient(hub);
  return { hub, client, admin, world: new AccessWorld(client) };
}

describe('teams and service accounts', () => {
  test('are made once by their names', async () => {
    const { world } = await open();
    const team = await world.team('fraud');
    expect(team).toMatch(/^team_/);
    const again = 'mutation { createTeam(input: { name: "fraud" }) { team { id } } }';
    expect(await world.refused(again)).toEqual({
      code: 'CONFLICT',
      message: 'there is a team "fraud" already',
    });
    const input = { team: 'fraud', name: 'trainer' };
    const made = await world.get(CREATE_SERVICE, { input });
    expect(made.createServiceAccount).toMatchObject({
      serviceAccount: { name: 'trainer', kind: 'SERVICE', teams: [{ name: 'fraud' }] },
      fact: { type: 'serviceAccount.created', outcome: 'ALLOW' },
    });
    expect(await world.refused(CREATE_SERVICE, { input })).toEqual({
      code: 'CONFLICT',
      message: 'the team fraud has a service account "trainer" already',
    });
    await world.service('main', 'trainer');
    const lost = { input: { team: 'none', name: 'x' } };
    expect((await world.refused(CREATE_SERVICE, lost)).code).toBe('NOT_FOUND');
  });

  test('with an idempotency key are the same when sent again', async () => {
    const { world } = await open();
    const input = { team: 'main', name: 'trainer', idempotencyKey: 'k' };
    const first = await world.get(CREATE_SERVICE, { input });
    expect(await world.get(CREATE_SERVICE, { input })).toEqual(first);
  });

  test('are made by who manages their team, and teams by who manages the whole', async () => {
    const { world } = await open();
    await world.team('fraud');
    const lead = await world.service('main', 'lead');
    await world.grant(lead, 'ADMINISTRATOR', 'team/fraud');
    const { key } = await world.apiKey(lead);
    const by = world.by(key);
    await by.service('fraud', 'trainer');
    const elsewhere = { input: { team: 'main', name: 'x' } };
    expect(await by.refused(CREATE_SERVICE, elsewhere)).toEqual({
      code: 'FORBIDDEN',
      message: 'createServiceAccount needs access.manage on main',
    });
    const unknown = { input: { team: 'none', name: 'x' } };
    expect((await by.refused(CREATE_SERVICE, unknown)).code).toBe('FORBIDDEN');
    const team = 'mutation { createTeam(input: { name: "own" }) { team { id } } }';
    expect((await by.refused(team)).code).toBe('FORBIDDEN');
  });
});

test.each(['System', '[erased]', 'administrator'])('nobody is called %j', async (name) => {
  const { world } = await open();
  const input = { team: 'main', name };
  for (const query of [CREATE_SERVICE, CREATE_PERSON]) {
    const { code, message } = await world.refused(query, { input });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain('must be none of "system"');
  }
});

describe('people', () => {
  test('have their name and e-mail beside the record, and a pseudonym on it', async () => {
    const { world, hub } = await open();
    const input = { name: 'Ada Lovelace', email: 'Ada@Example.org', team: 'main' };
    const { createPerson } = await world.get(CREATE_PERSON, { input });
    const { person, signInKey, fact } = createPerson;
    expect(person).toEqual({
      id: expect.stringMatching(/^act:/),
      name: 'Ada Lovelace',
      kind: 'PERSON',
      email: 'Ada@Example.org',
      teams: [{ name: 'main' }],
    });
    expect(signInKey).toMatch(/^ledgerline_signin_[0-9a-f]{64}$/);
    const leaf = Buffer.from(fact.leaf, 'base64').toString('utf8');
    const [row] = await hub.store.get([person.id]);
    for (const text of [leaf, JSON.stringify(row), JSON.stringify(fact.body)]) {
      expect(text).not.toMatch(/ada/i);
      expect(text).not.toContain(signInKey);
    }
    expect(row?.name).toBe(person.id);
  });

  test('are shown as erased when their key is gone', async () => {
    const { world, hub } = await open();
    const id = await world.person('Ada', { email: 'ada@example.org' });
    await hub.personKeys.destroy(id as `act:${string}`);
    const { actor } = await world.get('query ($id: ID!) { actor(id: $id) { name email } }', { id });
    expect(actor).toEqual({ name: '[erased]', email: '[erased]' });
  });

  test('have an e-mail address that nobody else has, in any case of its letters', async () => {
    const { world, hub } = await open();
    const ada = await world.person('Ada', { email: 'ada@example.org' });
    const input = { name: 'Eve', email: ' ADA@example.ORG ' };
    const { code, message } = await world.refused(CREATE_PERSON, { input });
    expect({ code, message }).toEqual({
      code: 'CONFLICT',
      message: 'there is a person with this e-mail address already',
    });
    expect(message).not.toContain(ada);
    await world.person('Eve');
    await world.person('Eve');
    const claims = await hub.operational.list('email', { prefix: '', limit: 10 });
    expect(claims).toHaveLength(1);
    expect(JSON.stringify(claims)).not.toMatch(/example/i);
  });

  test('give the address back when they are refused after all', async () => {
    const { world, hub } = await open();
    const lost = { input: { name: 'Ada', email: 'ada@example.org', team: 'none' } };
    expect((await world.refused(CREATE_PERSON, lost)).code).toBe('NOT_FOUND');
    for (const room of ['email', 'sign-in-key'] as const) {
      expect(await hub.operational.list(room, { prefix: '', limit: 10 })).toEqual([]);
    }
    await world.person('Ada', { email: 'ada@example.org' });
  });

  test('with an idempotency key are one person; the key for signing in is shown once', async () => {
    const { world, hub } = await open();
    const input = { name: 'Ada', email: 'ada@example.org', idempotencyKey: 'k' };
    const first = (await world.get(CREATE_PERSON, { input })).createPerson;
    const again = (await world.get(CREATE_PERSON, { input })).createPerson;
    expect(again).toEqual({ ...first, signInKey: null });
    const other = { input: { ...input, email: 'other@example.org' } };
    expect((await world.refused(CREATE_PERSON, other)).code).toBe('CONFLICT');
    expect(await hub.operational.list('sign-in-key', { prefix: '', limit: 10 })).toHaveLength(1);
    expect(await hub.operational.list('email', { prefix: '', limit: 10 })).toHaveLength(1);
  });

  test.each([
    [{ name: ' ' }, "the person's name is blank"],
    [{ name: 'Ada', email: 'nowhere' }, 'an e-mail address is name@domain'],
  ])('%j is no person', async (input, text) => {
    const { world } = await open();
    const { code, message } = await world.refused(CREATE_PERSON, { input });
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).toContain(text);
  });

  test('get another key for signing in, which ends the one before', async () => {
    const { world, hub } = await open();
    const person = await world.person('Ada');
    const query = `mutation ($input: CreateSignInKeyInput!) {
      createSignInKey(input: $input) { person { name } signInKey fact { type } }
    }`;
    const { createSignInKey } = await world.get(query, { input: { person } });
    expect(createSignInKey).toEqual({
      person: { name: 'Ada' },
      signInKey: expect.stringMatching(/^ledgerline_signin_/),
      fact: { type: 'signInKey.created' },
    });
    const [row] = await hub.store.get([person]);
    const keys = Object.entries(row?.props ?? {}).filter(([name]) => name.startsWith('signInKey:'));
    expect(keys.map(([, key]) => (key as { revoked: boolean }).revoked).sort()).toEqual([
      false,
      true,
    ]);
    const service = await world.service('main', 'trainer');
    const { code } = await world.refused(query, { input: { person: service } });
    expect(code).toBe('BAD_USER_INPUT');
  });
});

interface Told {
  readonly type: string;
  readonly reason: string | null;
}

describe('grants', () => {
  test('tell who gave them, when and why, and end when they are revoked', async () => {
    const { world, admin } = await open();
    const service = await world.service('main', 'trainer');
    const input = { to: service, role: 'VIEWER', scope: 'team/main', reason: 'on call' };
    const { grant } = await world.get(GRANT, { input });
    expect(grant).toEqual({
      grant: {
        id: expect.stringMatching(/^grant:/),
        ...{ role: 'VIEWER', scope: 'team/main', reason: 'on call', expiresAt: null },
        grantedAt: expect.stringMatching(/Z$/),
        grantedBy: { id: admin.actor.ref },
      },
      actor: { id: service },
      warnings: [],
      fact: { type: 'role.granted' },
    });
    expect(await world.refused(GRANT, { input })).toEqual({
      code: 'CONFLICT',
      message: `the actor is VIEWER on team/main already, by the grant ${grant.grant.id}`,
    });
    const ended = await world.get(REVOKE_GRANT, { input: { grant: grant.grant.id } });
    expect(ended.revokeGrant).toEqual({ actor: { grants: [] }, fact: { type: 'role.revoked' } });
    const again = await world.refused(REVOKE_GRANT, { input: { grant: grant.grant.id } });
    expect(again.code).toBe('CONFLICT');
    const { code } = await world.refused(REVOKE_GRANT, { input: { grant: 'grant:none' } });
    expect(code).toBe('NOT_FOUND');
    await world.grant(service, 'VIEWER', 'team/main');
  });

  test('warn of keys that somebody made who does not manage where the role is', async () => {
    const { world } = await open();
    const lead = await world.service('main', 'lead');
    await world.grant(lead, 'ADMINISTRATOR', 'team/main');
    const service = await world.service('main', 'trainer');
    const by = world.by((await world.apiKey(lead)).key);
    const made = await by.apiKey(service, { expiresAt: inMs(60_000) });
    const ended = await by.apiKey(service, { expiresAt: inMs(60_000) });
    await world.get(REVOKE_KEY, { input: { key: ended.id } });
    await world.apiKey(service);
    const warnings = async (scope: string) => {
      const input = { to: service, role: 'VIEWER', scope };
      return (await world.get(GRANT, { input })).grant.warnings;
    };
    expect(await warnings('team/main')).toEqual([]);
    expect(await warnings('org')).toEqual([
      `the API key ${made.id} gives this role too, and was made by ${lead}, who does not manage ` +
        'access on org; revoke it if it may be known to somebody who is not meant to have it',
    ]);
  });

  test('with an idempotency key are given once', async () => {
    const { world } = await open();
    const to = await world.service('main', 'trainer');
    const input = { to, role: 'VIEWER', scope: 'org', reason: 'x', idempotencyKey: 'k' };
    const first = await world.get(GRANT, { input });
    expect(await world.get(GRANT, { input })).toEqual(first);
  });

  test.each([
    ['team/none', 'NOT_FOUND'],
    ['project/main/none', 'NOT_FOUND'],
    ['registry/x', 'BAD_USER_INPUT'],
    ['team/main/x', 'BAD_USER_INPUT'],
    ['', 'BAD_USER_INPUT'],
  ])('on %j are refused as %s', async (scope, code) => {
    const { world } = await open();
    const to = await world.service('main', 'trainer');
    expect((await world.refused(GRANT, { input: { to, role: 'VIEWER', scope } })).code).toBe(code);
  });

  test('are shown to others as far as they may know of the scope', async () => {
    const { world } = await open();
    await world.team('secret');
    const both = await world.service('main', 'both');
    await world.grant(both, 'VIEWER', 'team/secret');
    await world.grant(both, 'VIEWER', 'team/main');
    const seen =
      'query ($id: ID!) { actor(id: $id) { name email apiKeys { id } grants { scope } } }';
    const all = (await world.get(seen, { id: both })).actor;
    expect(all.grants.map(({ scope }: { scope: string }) => scope).sort()).toEqual([
      'team/main',
      'team/secret',
    ]);
    const viewer = await world.service('main', 'viewer');
    await world.grant(viewer, 'VIEWER', 'team/main');
    const { key } = await world.apiKey(viewer);
    expect((await world.by(key).get(seen, { id: both })).actor).toEqual({
      name: 'both',
      email: null,
      apiKeys: null,
      grants: [{ scope: 'team/main' }],
    });
    const own = await world.by((await world.apiKey(both)).key).get(seen, { id: both });
    expect(own.actor.grants).toHaveLength(2);
    expect(own.actor.apiKeys).toHaveLength(1);
  });

  test('and keys say why they were ended to auditors, by their entry of the log', async () => {
    const { world, client } = await open();
    await recorder(client).project('p');
    const types = '["role.granted", "role.revoked", "apiKey.revoked"]';
    const why = `{
      auditLog(first: 20, filter: { types: ${types} }) { edges { node { type reason } } }
    }`;
    const service = await world.service('main', 'trainer');
    const grant = await world.grant(service, 'VIEWER', 'project/main/p', { reason: 'on call' });
    await world.get(REVOKE_GRANT, { input: { grant, reason: 'no longer' } });
    const { id } = await world.apiKey(service);
    await world.get(REVOKE_KEY, { input: { key: id, reason: 'it leaked' } });
    const told = async (by: AccessWorld) =>
      Object.fromEntries(
        (await by.get(why)).auditLog.edges.map(({ node }: { node: Told }) => [
          node.type,
          node.reason,
        ]),
      );
    expect(await told(world)).toEqual({
      'role.granted': 'on call',
      'role.revoked': 'no longer',
      'apiKey.revoked': 'it leaked',
    });
    // Who reads the project sees that it was, not why.
    const viewer = await world.service('main', 'viewer');
    await world.grant(viewer, 'VIEWER', 'project/main/p');
    const seen = await told(world.by((await world.apiKey(viewer)).key));
    expect(seen).toEqual({ 'role.granted': null, 'role.revoked': null });
    const auditor = await world.service('main', 'auditor');
    await world.grant(auditor, 'AUDITOR', 'team/main');
    const audited = await told(world.by((await world.apiKey(auditor)).key));
    expect(audited).toMatchObject({ 'role.revoked': 'no longer' });
    expect(audited).not.toHaveProperty(['apiKey.revoked']);
  });
});

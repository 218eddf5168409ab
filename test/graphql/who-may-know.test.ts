import { describe, expect, test } from 'vitest';
import { AccessWorld } from '../support/access-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const EXPLAIN = `query ($actor: ID, $subject: ID!) {
  explain(actor: $actor, action: "record.read", subject: $subject) { allowed place }
}`;
const GRANTS = `query ($id: ID!) {
  actor(id: $id) { grants { scope reason grantedAt grantedBy { id } } }
}`;
const SET_ALIAS = `mutation ($input: SetAliasInput!) {
  setAlias(input: $input) { fact { index } }
}`;

/** A project's viewer and its auditor, and the lead of its team, each by a key of their own. */
async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const world = new AccessWorld(client);
  const record = recorder(client);
  await record.project('p');
  const by = async (name: string, role: string, scope: string) => {
    const id = await world.service('main', name);
    await world.grant(id, role, scope, { reason: `why ${name}` });
    return { id, by: world.by((await world.apiKey(id)).key) };
  };
  return {
    ...{ hub, world, record },
    viewer: await by('viewer', 'VIEWER', 'project/main/p'),
    auditor: await by('auditor', 'AUDITOR', 'project/main/p'),
    lead: await by('lead', 'ADMINISTRATOR', 'team/main'),
  };
}

describe('why somebody has a role', () => {
  test('is known to them, to who manages access there, and to auditors there', async () => {
    const { world, viewer, auditor, lead } = await open();
    const wide = await world.service('main', 'wide');
    await world.grant(wide, 'VIEWER', 'org', { reason: 'on leave for Ann' });
    await world.grant(wide, 'VIEWER', 'project/main/p', { reason: 'helps out' });
    const reasons = async (who: AccessWorld) => {
      const { actor } = await who.get(GRANTS, { id: wide });
      expect(actor.grants.every((grant: { grantedAt: string }) => grant.grantedAt)).toBe(true);
      return actor.grants.map(({ reason }: { reason: string | null }) => reason).sort();
    };
    expect(await reasons(world)).toEqual(['helps out', 'on leave for Ann']);
    expect(await reasons(world.by((await world.apiKey(wide)).key))).toHaveLength(2);
    expect((await reasons(lead.by)).filter(Boolean)).toEqual(['helps out']);
    expect((await reasons(auditor.by)).filter(Boolean)).toEqual(['helps out']);
    expect((await reasons(viewer.by)).filter(Boolean)).toEqual([]);
    const own = await viewer.by.get(GRANTS, { id: viewer.id });
    expect(own.actor.grants).toMatchObject([{ reason: 'why viewer' }]);
  });
});

describe('explain', () => {
  test('about an actor does not tell of a team that the viewer may not know of', async () => {
    const { world, viewer } = await open();
    await world.team('secret');
    const hidden = await world.service('secret', 'agent');
    const person = await world.person('Ada');
    const none = 'act:00000000-0000-4000-8000-000000000000';
    const refused = (subject: string) => viewer.by.refused(EXPLAIN, { subject });
    const unknown = await refused(none);
    expect(unknown.code).toBe('NOT_FOUND');
    expect(await refused(hidden)).toEqual({
      code: 'NOT_FOUND',
      message: unknown.message?.replace(none, hidden),
    });
    const place = async (subject: string) =>
      (await viewer.by.get(EXPLAIN, { subject })).explain.place;
    expect(await place(viewer.id)).toBe('team/main');
    expect(await place(person)).toBe('org');
    const seen = await world.get(EXPLAIN, { subject: hidden });
    expect(seen.explain.place).toBe('team/secret');
  });

  test('of others is refused with both permissions of which one would do', async () => {
    const { viewer, auditor, lead } = await open();
    const subject = 'project/main/p';
    const { errors } = await viewer.by.ask(EXPLAIN, { actor: lead.id, subject });
    expect(errors).toMatchObject([
      {
        message: `explaining what others may do needs access.manage or audit.read on ${subject}`,
        extensions: { code: 'FORBIDDEN', missing: ['access.manage', 'audit.read'] },
      },
    ]);
    const seen = await auditor.by.get(EXPLAIN, { actor: viewer.id, subject });
    expect(seen.explain.allowed).toBe(true);
  });
});

describe('a refused setAlias', () => {
  test('is named as it was asked for, and on record as the command that it is', async () => {
    const { hub, record, viewer } = await open();
    const version = await record.version('MODEL', 'main/p/m', { digest: digestOf(1) });
    const { size } = await hub.store.head();
    const { errors } = await viewer.by.ask(SET_ALIAS, { input: { version, alias: 'best' } });
    expect(errors).toMatchObject([
      {
        message: 'setAlias needs record.write on main/p',
        extensions: { code: 'FORBIDDEN', missing: ['record.write'], scope: 'project/main/p' },
      },
    ]);
    const scope = { all: true } as const;
    const [fact] = await hub.store.facts({ scope, order: 'oldest', limit: 1, from: size });
    expect(Buffer.from(fact?.leaf ?? []).toString()).toContain('"operation":"setAliases"');
  });
});

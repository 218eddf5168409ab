import { describe, expect, test } from 'vitest';
import {
  AccessWorld,
  CREATE_PERSON,
  CREATE_SERVICE,
  IN_A_MONTH_MS,
} from '../support/access-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { recorder } from '../support/record.ts';
import { withClock } from '../support/with-clock.ts';

const EXPLAIN = `query ($actor: ID, $action: String!, $subject: ID!) {
  explain(actor: $actor, action: $action, subject: $subject) {
    allowed permission place missing reason because { role scope }
  }
}`;

/** Two teams with a project each; a service that writes in one, and the lead of that one. */
async function open() {
  const opened = await openTestHub();
  const { hub, clock } = withClock(opened.hub);
  const client = await openGraphqlClient(hub);
  const world = new AccessWorld(client);
  const record = recorder(client);
  const project = await record.project('p');
  const run = await record.run('main/p', 'r');
  const team = await world.team('other');
  const hidden = await world.get(
    'mutation { createProject(input: { team: "other", name: "s" }) { project { id } } }',
  );
  const trainer = await world.service('main', 'trainer');
  await world.grant(trainer, 'CONTRIBUTOR', 'project/main/p');
  const lead = await world.service('main', 'lead');
  await world.grant(lead, 'ADMINISTRATOR', 'team/main');
  const ids = { project, run, team, hidden: hidden.createProject.project.id, trainer, lead };
  return { world, clock, ids, admin: opened.admin.actor.ref };
}

describe('explain', () => {
  test('tells of oneself which grants permit something, and what is missing', async () => {
    const { world, ids } = await open();
    const { key } = await world.apiKey(ids.trainer);
    const by = world.by(key);
    const yes = await by.get(EXPLAIN, { action: 'record.write', subject: ids.run });
    expect(yes.explain).toEqual({
      allowed: true,
      permission: 'record.write',
      place: 'project/main/p',
      missing: [],
      reason: 'record.write on project/main/p comes with CONTRIBUTOR on project/main/p',
      because: [{ role: 'CONTRIBUTOR', scope: 'project/main/p' }],
    });
    const no = await by.get(EXPLAIN, { action: 'access.manage', subject: 'project/main/p' });
    expect(no.explain).toMatchObject({
      allowed: false,
      missing: ['access.manage'],
      because: [],
      reason: 'no grant gives access.manage on project/main/p',
    });
    const whole = await by.get(EXPLAIN, { action: 'record.read', subject: 'org' });
    expect(whole.explain).toMatchObject({ allowed: false, place: 'org' });
  });

  test('tells that a key does not pass on what its owner may do', async () => {
    const { world, ids } = await open();
    const { key } = await world.apiKey(ids.trainer, { actions: ['record.read'] });
    const { explain } = await world
      .by(key)
      .get(EXPLAIN, { action: 'record.write', subject: ids.project });
    expect(explain).toMatchObject({ allowed: false, missing: [] });
    expect(explain.reason).toMatch(/but the API key does not pass it on$/);
  });

  test('agrees with what is then permitted', async () => {
    const { world, ids } = await open();
    const create = `mutation ($project: String!) {
      createRun(input: { project: $project }) { run { id } }
    }`;
    for (const owner of [ids.trainer, ids.lead]) {
      for (const limits of [{}, { actions: ['record.read'] }, { scope: 'project/main/p' }]) {
        const by = world.by((await world.apiKey(owner, limits)).key);
        const asked = { action: 'record.write', subject: ids.project };
        const { allowed } = (await by.get(EXPLAIN, asked)).explain;
        const { errors } = await by.ask(create, { project: 'main/p' });
        expect(errors.length === 0).toBe(allowed);
      }
    }
  });

  test('tells of others to who manages access there, and to nobody else', async () => {
    const { world, ids } = await open();
    const lead = world.by((await world.apiKey(ids.lead)).key);
    const about = { actor: ids.trainer, action: 'record.write', subject: ids.run };
    expect((await lead.get(EXPLAIN, about)).explain.allowed).toBe(true);
    expect((await world.get(EXPLAIN, about)).explain.allowed).toBe(true);
    const trainer = world.by((await world.apiKey(ids.trainer)).key);
    const other = { ...about, actor: ids.lead };
    expect((await trainer.refused(EXPLAIN, other)).code).toBe('FORBIDDEN');
  });

  test('knows nothing of what the viewer may not read', async () => {
    const { world, ids } = await open();
    const lead = world.by((await world.apiKey(ids.lead)).key);
    for (const [subject, unknown] of [
      [ids.hidden, 'proj_none'],
      ['project/other/s', 'project/other/t'],
      ['team/other', 'team/none'],
      [ids.team, 'team_none'],
    ] as const) {
      const [seen, none] = [
        await lead.refused(EXPLAIN, { action: 'record.read', subject }),
        await lead.refused(EXPLAIN, { action: 'record.read', subject: unknown }),
      ];
      expect(seen).toEqual({ code: none.code, message: none.message?.replace(unknown, subject) });
      expect(seen.code).toBe('NOT_FOUND');
    }
    const odd = { action: 'record.reed', subject: ids.run };
    expect((await lead.refused(EXPLAIN, odd)).code).toBe('BAD_USER_INPUT');
    const nobody = { actor: ids.run, action: 'record.read', subject: ids.run };
    expect((await lead.refused(EXPLAIN, nobody)).code).toBe('NOT_FOUND');
  });
});

describe('a refusal', () => {
  test('names what is missing and whom to ask, where that may be known', async () => {
    const { world, ids, admin } = await open();
    const by = world.by((await world.apiKey(ids.trainer)).key);
    const input = { team: 'main', name: 'x' };
    const { errors } = await by.ask(CREATE_SERVICE, { input });
    expect(errors[0]?.extensions).toEqual({
      code: 'FORBIDDEN',
      missing: ['access.manage'],
      scope: 'team/main',
      ask: [ids.lead, admin],
    });
    const person = await by.ask(CREATE_PERSON, { input: { name: 'Ada', team: 'main' } });
    expect(person.errors[0]?.extensions.ask).toEqual([ids.lead, admin]);
    const far = await by.ask(CREATE_SERVICE, { input: { team: 'other', name: 'x' } });
    expect(far.errors[0]?.extensions).not.toHaveProperty('ask');
  });
});

describe('lists', () => {
  const ACTORS = `query ($kind: ActorKind, $team: String, $first: Int, $after: String) {
    actors(kind: $kind, team: $team, first: $first, after: $after) {
      edges { node { name kind } } pageInfo { hasNextPage endCursor }
    }
  }`;
  const namesOf = (page: { edges: Array<{ node: { name: string } }> }) =>
    page.edges.map(({ node }) => node.name);

  test('of actors are the same for everybody, by kind and by team, page by page', async () => {
    const { world, ids } = await open();
    for (const name of ['Ada', 'Grace']) await world.person(name);
    await world.person('Edsger', { team: 'other' });
    const by = world.by((await world.apiKey(ids.trainer)).key);
    for (const each of [world, by]) {
      const { actors } = await each.get(ACTORS);
      expect(namesOf(actors)).toEqual([
        ...['Edsger', 'Grace', 'Ada'],
        ...['lead', 'trainer', 'administrator'],
      ]);
    }
    const paged: string[] = [];
    let after: string | null = null;
    do {
      const page = { kind: 'SERVICE', first: 2, after };
      const { actors }: { actors: never } = await by.get(ACTORS, page);
      const { edges, pageInfo } = actors as { edges: []; pageInfo: never };
      paged.push(...namesOf({ edges }));
      const { hasNextPage, endCursor } = pageInfo as { hasNextPage: boolean; endCursor: string };
      after = hasNextPage ? endCursor : null;
    } while (after !== null);
    expect(paged).toEqual(['lead', 'trainer', 'administrator']);
    expect(namesOf((await world.get(ACTORS, { team: 'other' })).actors)).toEqual(['Edsger']);
    // Who may not know of a team is not told who is in it, nor whether it is there.
    for (const team of ['other', 'none']) {
      expect((await by.get(ACTORS, { team })).actors.edges).toEqual([]);
    }
  });

  test('of teams hold those that the viewer may know of', async () => {
    const { world, ids } = await open();
    const teams = `query ($first: Int, $after: String) {
      teams(first: $first, after: $after) {
        edges { node { name } } pageInfo { hasNextPage endCursor }
      }
    }`;
    expect(namesOf((await world.get(teams)).teams)).toEqual(['other', 'main']);
    const by = world.by((await world.apiKey(ids.trainer)).key);
    expect(namesOf((await by.get(teams)).teams)).toEqual(['main']);
    await world.grant(ids.trainer, 'VIEWER', 'project/other/s');
    const first = (await by.get(teams, { first: 1 })).teams;
    expect(namesOf(first)).toEqual(['other']);
    const after = first.pageInfo.endCursor;
    const second = (await by.get(teams, { first: 1, after })).teams;
    expect([namesOf(second), second.pageInfo.hasNextPage]).toEqual([['main'], false]);
  });

  test('of grants tell which have ended by themselves no longer count', async () => {
    const { world, ids, clock } = await open();
    const ends = new Date(Date.now() + IN_A_MONTH_MS / 2).toISOString();
    await world.grant(ids.trainer, 'AUDITOR', 'team/main', { expiresAt: ends });
    const asked = { actor: ids.trainer, action: 'audit.read', subject: 'team/main' };
    expect((await world.get(EXPLAIN, asked)).explain.allowed).toBe(true);
    clock.advance(IN_A_MONTH_MS / 2 + 60_000);
    expect((await world.get(EXPLAIN, asked)).explain.allowed).toBe(false);
  });
});

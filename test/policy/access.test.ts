import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type GrantRoleInput,
  grantRole,
  type RevokeGrantInput,
  revokeGrant,
} from '../../src/commands/grants.ts';
import { type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { holdingId } from '../../src/domain/governance/access-ids.ts';
import {
  accessOf,
  isPermitted,
  type KeyLimits,
  PERMISSIONS,
  type Permission,
  type Place,
  type Role,
} from '../../src/domain/governance/permissions.ts';
import { projectId, runId } from '../../src/domain/lineage/names.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { authenticate } from '../../src/transport/http/authenticate.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { AccessWorld } from '../support/access-world.ts';
import { addKey, addServiceOf } from '../support/add-service.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';

interface Case {
  readonly who: string;
  /** `ROLE scope`, with `ended` or `revoked` behind. */
  readonly grants: readonly string[];
  readonly key?: KeyLimits;
  readonly may: Readonly<Partial<Record<Permission, readonly string[]>>>;
}

const FILE = new URL('../../policies/cases/access.yaml', import.meta.url);
const cases = parse(readFileSync(FILE, 'utf8')) as Case[];

const PLACES: Readonly<Record<string, Place>> = {
  org: {},
  main: { team: 'main' },
  other: { team: 'other' },
  'main/open': { team: 'main', project: 'open' },
  'main/closed': { team: 'main', project: 'closed' },
  'other/far': { team: 'other', project: 'far' },
};
const PROJECTS = ['main/open', 'main/closed', 'other/far'];
const TEAMS = ['main', 'other'];
const namespaceOf = (project: string) => `s3://${project.replace('/', '-')}`;
const NAMESPACES = Object.fromEntries(PROJECTS.map((path) => [namespaceOf(path), path]));

const cleanups: Array<() => Promise<void>> = [];
let hub: Hub;
let client: GraphqlClient;
let made = 0;

beforeAll(async () => {
  const atEnd = (work: () => Promise<void>) => void cleanups.push(work);
  ({ hub } = await openTestHub(atEnd, { namespaces: NAMESPACES }));
  client = await openGraphqlClient(hub, atEnd);
  await new AccessWorld(client).team('other');
  for (const path of PROJECTS) {
    const [team, name] = path.split('/');
    await client.get(CREATE_PROJECT, { input: { team, name } });
    await client.get(CREATE_RUN, { input: { project: path, name: 'here' } });
  }
}, 60_000);
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

const CREATE_PROJECT = `mutation ($input: CreateProjectInput!) {
  createProject(input: $input) { fact { index } }
}`;
const CREATE_RUN = `mutation ($input: CreateRunInput!) {
  createRun(input: $input) { fact { index } }
}`;
const REGISTER_VERSION = `mutation ($input: RegisterVersionInput!) {
  registerVersion(input: $input) { fact { index } }
}`;
const RECORD_LINEAGE = `mutation ($input: RecordLineageInput!) {
  recordLineage(input: $input) { fact { index } }
}`;
const CREATE_SERVICE = `mutation ($input: CreateServiceAccountInput!) {
  createServiceAccount(input: $input) { fact { index } }
}`;
const EXPLAIN = `query ($action: String!, $subject: ID!) {
  explain(action: $action, subject: $subject) { allowed place }
}`;

/** How long a grant lives that has ended when it is looked at. */
const SHORT_MS = 100;

/** A service account in a team of its own with what the case gives it; resolves to its key. */
async function somebody({ grants, key = {} }: Case): Promise<{ ref: ActorRef; key: string }> {
  made += 1;
  const home = `home-${made}`;
  await new AccessWorld(client).team(home);
  const { ref } = await addServiceOf(hub, { team: home, name: 'somebody' }, []);
  for (const text of grants) {
    const [role, scope, how] = text.split(' ') as [Role, string, string?];
    const grantId = holdingId('grant', ref, hub.ids.uuid());
    const endsAt = instantFromMs(hub.clock.nowMs() + SHORT_MS);
    const input = { grantId, to: ref, role, scope, expiresAt: how === 'ended' ? endsAt : null };
    await hub.ledger.submit<GrantRoleInput>({ command: grantRole, input, actor: SYSTEM_ACTOR });
    if (how === 'ended') await new Promise((wake) => setTimeout(wake, 2 * SHORT_MS));
    if (how !== 'revoked') continue;
    const revoked: RevokeGrantInput = { from: ref, grantId };
    await hub.ledger.submit({ command: revokeGrant, input: revoked, actor: SYSTEM_ACTOR });
  }
  return { ref, key: (await addKey(hub, ref, key)).text };
}

const placesOf = (one: Case, permission: Permission) =>
  Object.keys(PLACES).filter((place) => one.may[permission]?.includes(place));

/** The code of the refusal, or null when it went through. */
async function codeOf(query: string, variables: object, key: string): Promise<string | null> {
  return (await client.ask(query, variables, key)).errors[0]?.extensions.code ?? null;
}

describe.each(cases)('$who', (one) => {
  let who: { ref: ActorRef; key: string };
  beforeAll(async () => {
    who = await somebody(one);
  });

  test.each(PERMISSIONS)('by decision: %s', async (permission) => {
    const reader = await authenticate(`Bearer ${who.key}`, hub);
    const now = instantFromMs(hub.clock.nowMs());
    const permitted = Object.entries(PLACES).flatMap(([name, place]) =>
      isPermitted(reader.access, permission, { place, now }) ? [name] : [],
    );
    expect(permitted).toEqual(placesOf(one, permission));
    const [agent] = await hub.store.get([who.ref]);
    expect(accessOf(agent?.props ?? {}, reader.actor.via, hub.roles)).toEqual(reader.access);
  });

  test('by list: the store yields what may be read, and nothing else', async () => {
    const { scope } = await authenticate(`Bearer ${who.key}`, hub);
    const rows = await hub.store.list({ scope, kinds: ['PROJECT'], order: 'id', limit: 100 });
    const paths = rows.map(({ name, props }) => `${props.teamName}/${name}`);
    const readable = placesOf(one, 'record.read').filter((place) => PROJECTS.includes(place));
    expect(PROJECTS.filter((path) => paths.includes(path))).toEqual(readable);
    const runs = await hub.store.list({
      scope,
      kinds: ['RUN'],
      name: 'here',
      order: 'id',
      limit: 9,
    });
    expect(runs).toHaveLength(readable.length);
  });

  test('by GraphQL: things are seen, made and managed where that is permitted', async () => {
    const seen: string[] = [];
    const written: string[] = [];
    for (const path of PROJECTS) {
      const query = 'query ($path: String!) { run(path: $path) { name } }';
      const { data } = await client.ask(query, { path: `${path}/here` }, who.key);
      if (data.run) seen.push(path);
      made += 1;
      const input = { project: path, name: `run-${made}` };
      if ((await codeOf(CREATE_RUN, { input }, who.key)) === null) written.push(path);
    }
    const projects = (permission: Permission) =>
      placesOf(one, permission).filter((place) => PROJECTS.includes(place));
    expect({ seen, written }).toEqual({
      seen: projects('record.read'),
      written: projects('record.write'),
    });
    const madeIn: string[] = [];
    const managed: string[] = [];
    for (const team of TEAMS) {
      made += 1;
      const input = { team, name: `new-${made}` };
      if ((await codeOf(CREATE_PROJECT, { input }, who.key)) === null) madeIn.push(team);
      if ((await codeOf(CREATE_SERVICE, { input }, who.key)) === null) managed.push(team);
    }
    const teams = (permission: Permission) =>
      placesOf(one, permission).filter((place) => TEAMS.includes(place));
    expect({ madeIn, managed }).toEqual({
      madeIn: teams('project.create'),
      managed: teams('access.manage'),
    });
    const log = '{ auditLog(filter: { types: ["organization.created"] }) { edges { cursor } } }';
    const { data } = await client.ask(log, {}, who.key);
    const audits = one.may['audit.read']?.includes('org') ?? false;
    expect(data.auditLog.edges).toHaveLength(audits ? 1 : 0);
  });

  test('by namespace: a dataset is described by who may write to both, named by all', async () => {
    const writable = placesOf(one, 'record.write').filter((place) => PROJECTS.includes(place));
    const digest = `sha256:${'1'.repeat(64)}`;
    for (const project of PROJECTS) {
      const [team, name] = project.split('/') as [string, string];
      const run = runId(hub.org, projectId(hub.org, { team, project: name }), 'here');
      const mayWrite = writable.includes(project);
      for (const owner of PROJECTS) {
        made += 1;
        const named = { namespace: namespaceOf(owner), name: `table-${made}`, digest };
        const said = { project, kind: 'DATASET', ...named };
        const described = await codeOf(REGISTER_VERSION, { input: said }, who.key);
        const linked = { project, run, inputDatasets: [named] };
        const told = await codeOf(RECORD_LINEAGE, { input: linked }, who.key);
        expect({ project, owner, described: described === null, told: told === null }).toEqual({
          ...{ project, owner, described: mayWrite && writable.includes(owner), told: mayWrite },
        });
      }
    }
  });

  test('by GraphQL: what is explained is what holds', async () => {
    for (const permission of PERMISSIONS) {
      for (const [name, { team, project }] of Object.entries(PLACES)) {
        const level = project === undefined ? 'team' : 'project';
        const subject =
          team === undefined ? 'org' : [level, team, project].filter(Boolean).join('/');
        const variables = { action: permission, subject };
        const { data, errors } = await client.ask(EXPLAIN, variables, who.key);
        const expected = placesOf(one, permission).includes(name);
        // What one may write to without reading it stays unknown.
        const isSeen = placesOf(one, 'record.read').includes(name);
        const told = errors[0]?.extensions.code ?? data.explain.allowed;
        expect([permission, name, told]).toEqual([
          permission,
          name,
          expected && isSeen ? true : expect.toBeOneOf([expected, 'NOT_FOUND']),
        ]);
      }
    }
  });
});

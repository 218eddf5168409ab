import { readFileSync } from 'node:fs';
import { type GraphQLObjectType, isNonNullType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTeam } from '../../src/commands/create-team.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import { ROLES, type Role } from '../../src/domain/governance/permissions.ts';
import { buildHubSchema } from '../../src/transport/graphql/hub-schema.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { Acts } from '../support/acts.ts';
import { addService, type TestService } from '../support/add-service.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { recorder } from '../support/record.ts';

const CASES = new URL('../../policies/cases/mutations.yaml', import.meta.url);
type Cases = Readonly<Record<string, Readonly<Partial<Record<Role, readonly string[]>>>>>;
const cases = parse(readFileSync(CASES, 'utf8')) as Cases;

const SCOPES = [
  'org',
  'team/main',
  'project/main/open',
  'project/main/closed',
  'team/other',
] as const;
const mutations = (buildHubSchema().getMutationType() as GraphQLObjectType).getFields();

const cleanups: Array<() => Promise<void>> = [];
let hub: Hub;
let client: GraphqlClient;
let acts: Acts;
const services = new Map<string, TestService>();

beforeAll(async () => {
  const atEnd = (work: () => Promise<void>) => void cleanups.push(work);
  ({ hub } = await openTestHub(atEnd));
  client = await openGraphqlClient(hub, atEnd);
  for (const name of ['open', 'closed']) await recorder(client).project(name);
  await hub.ledger.submit({
    command: createTeam,
    input: { name: 'other', ifExists: 'refuse' },
    actor: SYSTEM_ACTOR,
  });
  for (const role of ROLES) {
    for (const scope of SCOPES) {
      const name = `${role} on ${scope}`;
      services.set(name, await addService(hub, name, [[role, scope]]));
    }
  }
  acts = new Acts(client, 'main/open', () => hub.clock.nowMs());
}, 60_000);
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

test('every mutation of the schema has a row, and there is no other', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(mutations).sort());
  expect([...acts.names].sort()).toEqual(Object.keys(mutations).sort());
});

const REFUSED = ['FORBIDDEN', 'NOT_FOUND'];

async function tryOut(mutation: string, service: TestService) {
  const input = await acts.input(mutation);
  const { type } = mutations[mutation]?.args[0] ?? {};
  const name = isNonNullType(type) ? String(type.ofType) : String(type);
  const query = `mutation ($input: ${name}!) {
    ${mutation}(input: $input) { fact { index outcome } }
  }`;
  const { size } = await hub.store.head();
  const answer = await client.ask(query, { input }, service.key);
  const facts = await hub.store.facts({
    scope: { all: true },
    order: 'oldest',
    limit: 10,
    from: size,
  });
  return { answer, leaves: facts.map(({ leaf }) => parseLeaf(leaf)) };
}

describe.each(Object.keys(cases))('%s', (mutation) => {
  test.each(ROLES)('by every grant of %s, is one fact each time', async (role) => {
    const allowed: string[] = [];
    for (const scope of SCOPES) {
      const service = services.get(`${role} on ${scope}`) as TestService;
      const { answer, leaves } = await tryOut(mutation, service);
      const code = answer.errors[0]?.extensions.code;
      if (code === undefined) allowed.push(scope);
      else expect([code, REFUSED]).toEqual([expect.stringMatching(REFUSED.join('|')), REFUSED]);
      const told = leaves.map(({ outcome, actor }) => [outcome, actor.ref]);
      const outcome = code === undefined ? 'allow' : 'deny';
      expect({ scope, told }).toEqual({ scope, told: [[outcome, service.ref]] });
    }
    expect(allowed).toEqual(cases[mutation]?.[role] ?? []);
  });
});

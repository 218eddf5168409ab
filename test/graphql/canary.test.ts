import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import {
  CANARY,
  type CanaryWorld,
  HIDDEN_NAMESPACE,
  HIDDEN_PROJECT,
  HIDDEN_TEAM,
  OPEN_PROJECT,
  openCanaryWorld,
  SHARED_DIGEST,
  TWIN,
} from '../support/canary-world.ts';
import { everyQuestion, type Pool, type Question } from '../support/every-question.ts';
import { digestOf } from '../support/record.ts';

const cleanups: Array<() => Promise<void>> = [];
let world: CanaryWorld;
let bare: CanaryWorld;
let schema: GraphQLSchema;
/** Ids and indexes that the viewer must not know, each with a twin that nobody knows. */
let twins: Map<string, string>;

beforeAll(async () => {
  const atEnd = (work: () => Promise<void>) => void cleanups.push(work);
  world = await openCanaryWorld('with the hidden project', atEnd);
  bare = await openCanaryWorld('without it', atEnd);
  schema = buildClientSchema(await world.client.get(getIntrospectionQuery()));
  twins = await hiddenThings();
}, 60_000);
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

async function hiddenThings(): Promise<Map<string, string>> {
  const all = { scope: { all: true }, limit: 1_000 } as const;
  const nodes = await world.hub.store.list({ ...all, order: 'id' });
  const openId = world.ids[OPEN_PROJECT];
  const hidden = nodes.filter(({ project, name, kind }) =>
    kind === 'TEAM' ? name === HIDDEN_TEAM : project !== null && project !== openId,
  );
  const twinOf = (id: string, at: number) =>
    `${id.slice(0, id.indexOf('_') + 1)}${String(at).padStart(43, 'A')}`;
  const pairs = hidden.map(({ id }, at) => [id, twinOf(id, at)] as const);
  return new Map(pairs);
}

async function hiddenFacts() {
  const rows = await world.hub.store.facts({
    scope: { all: true },
    order: 'oldest',
    limit: 1_000,
  });
  const openId = world.ids[OPEN_PROJECT];
  return rows.filter(({ leaf }) => {
    const { projects } = parseLeaf(leaf);
    return projects.length === 0 || projects.some((id) => id !== openId);
  });
}

/** The same text as somebody would write it who knows nothing of the hidden project. */
function twinText(text: string): string {
  let twin = text.replaceAll(CANARY, TWIN);
  for (const [id, other] of twins) twin = twin.replaceAll(id, other);
  return twin;
}

const twinOf = <T>(value: T): T => JSON.parse(twinText(JSON.stringify(value))) as T;

async function poolOf({ ids }: CanaryWorld): Promise<Pool> {
  const facts = await hiddenFacts();
  const lineage = [
    'openRun',
    'openModel',
    'openData',
    'hiddenRun',
    'hiddenFeatures',
    'hiddenModel',
  ];
  const some = lineage.map((name) => ids[name] as string);
  const names = [
    'train',
    'net',
    'own',
    `${CANARY}-prepare`,
    `${CANARY}-features`,
    `${CANARY}-same`,
  ];
  const paths = [OPEN_PROJECT, HIDDEN_PROJECT].flatMap((project) =>
    names.flatMap((name) => [`${project}/${name}`, `${project}/${name}:v0`]),
  );
  const kinds = [['RUN'], ['MODEL_VERSION', 'DATASET_VERSION']];
  const projects = [ids[OPEN_PROJECT], ids[HIDDEN_PROJECT]];
  return {
    'node.id': [...Object.values(ids), ...twins.keys(), ...facts.map(({ id }) => `fact:${id}`)],
    ids: [[...Object.values(ids), ...twins.keys()]],
    root: some,
    from: some,
    to: some,
    a: some,
    b: some,
    id: [ids.openRun, ids.openModel, ids.hiddenRun, ids.hiddenFeatures, ids.hiddenModel],
    path: paths,
    identifier: [
      ...paths,
      ...twins.keys(),
      SHARED_DIGEST,
      digestOf(5),
      `purl:pkg:generic/${CANARY}@raw`,
      `s3://${CANARY}/raw`,
      `${HIDDEN_NAMESPACE}/${CANARY}-table`,
      `${HIDDEN_NAMESPACE}/${CANARY}-bare`,
    ],
    text: [CANARY, 'ope', 'net', `${CANARY}-features`, HIDDEN_NAMESPACE],
    'search.kinds': kinds,
    project: projects,
    team: ['main', HIDDEN_TEAM],
    name: ['open', 'risk', `${CANARY}-project`, `${HIDDEN_PROJECT}/${CANARY}-risk`],
    index: Array.from({ length: 40 }, (_, index) => index),
    'auditLog.filter': [
      { subject: ids.hiddenRun },
      { subject: ids.openRun },
      ...projects.map((project) => ({ project })),
      { types: ['run.created'] },
      { outcome: 'DENY' },
    ],
    'registeredModels.filter': [{ name: CANARY }, { project: ids[HIDDEN_PROJECT] }],
    action: ['record.read', 'record.write', 'access.manage'],
    subject: [ids.openRun, ids.hiddenRun, ids[HIDDEN_PROJECT]],
  };
}

const NESTED = {
  'metrics.keys': '["loss"]',
  'version.name': '"latest"',
};

/**
 * Not compared between the hubs: walks, where Restricted elements stand for what is hidden, and
 * the access log, which holds what the viewer did and tells it of each hub's own questions.
 */
const WITHOUT = ['lineage', 'path', 'impact', 'compare', 'accessLog'];

async function questions(depth: number): Promise<Question[]> {
  return everyQuestion('Query', { schema, roots: await poolOf(world), nested: NESTED, depth });
}

const isAboutHidden = ({ variables }: Question) => {
  const text = JSON.stringify(variables);
  return twinText(text) !== text;
};

/** The texts of a question, and the names within its paths. */
function wordsOf(variables: Question['variables']): string[] {
  const texts = Object.values(variables).flatMap((value) =>
    value !== null && typeof value === 'object' ? Object.values(value).flat() : [value],
  );
  const words = texts.map(String).flatMap((text) => [text, ...text.split(/[/:]/)]);
  return words.filter((word) => word !== '' && word !== CANARY);
}

describe('a viewer of one project', () => {
  test('meets the canary in no answer to any question', { timeout: 240_000 }, async () => {
    const asked = await questions(1);
    const seen = { viewer: 0, administrator: 0, answered: 0 };
    for (const { query, variables } of asked) {
      const answer = await world.client.ask(query, variables, world.viewer.key);
      // What the question said itself is no news.
      const news = wordsOf(variables).reduce(
        (text, word) => text.replaceAll(word, ''),
        JSON.stringify(answer),
      );
      if (news.includes(CANARY)) seen.viewer += 1;
      if (answer.errors.length === 0) seen.answered += 1;
      expect({ query, variables, news }).not.toEqual(
        expect.objectContaining({ news: expect.stringContaining(CANARY) }),
      );
      expect(
        answer.errors.filter(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR'),
      ).toEqual([]);
    }
    // The same questions do find it for who may read it.
    for (const { query, variables } of asked.filter((_, at) => at % 4 === 0)) {
      const answer = await world.client.ask(query, variables);
      if (JSON.stringify(answer.data).includes(CANARY)) seen.administrator += 1;
    }
    expect(seen.viewer).toBe(0);
    expect(seen.administrator).toBeGreaterThan(20);
    expect(seen.answered).toBeGreaterThan(asked.length / 4);
  });

  test('is answered about hidden things exactly as about unknown ones', async () => {
    const asked = (await questions(0)).filter(isAboutHidden);
    expect(asked.length).toBeGreaterThan(100);
    for (const { query, variables } of asked) {
      const { viewer, client } = world;
      const answer = await client.ask(query, variables, viewer.key);
      const twin = await client.ask(query, twinOf(variables), viewer.key);
      expect({ query, variables, answer: twinOf(answer) }).toEqual({
        query,
        variables,
        answer: twin,
      });
    }
  }, 120_000);

  test('counts what a hub without the hidden project counts', async () => {
    const asked = everyQuestion('Query', {
      schema,
      roots: await poolOf(bare),
      nested: NESTED,
      depth: 1,
      without: WITHOUT,
    }).filter((question) => !isAboutHidden(question) && !('index' in question.variables));
    const counts = async ({ client, viewer }: CanaryWorld, { query, variables }: Question) =>
      sizesIn((await client.ask(query, variables, viewer.key)).data);
    expect(asked.length).toBeGreaterThan(30);
    for (const question of asked) {
      expect({ ...question, sizes: await counts(world, question) }).toEqual({
        ...question,
        sizes: await counts(bare, question),
      });
    }
  }, 120_000);
});

/** How many items each list of an answer has, and every number that counts something. */
function sizesIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    const inner = value.flatMap((item) => sizesIn(item, `${path}[]`)).sort();
    return [`${path}: ${value.length}`, ...inner];
  }
  if (value === null || typeof value !== 'object') {
    return /[cC]ount$/.test(path) ? [`${path} = ${String(value)}`] : [];
  }
  return Object.entries(value).flatMap(([key, inner]) => sizesIn(inner, `${path}.${key}`));
}

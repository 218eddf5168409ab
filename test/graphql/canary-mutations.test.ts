import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseProjectPath, projectId } from '../../src/domain/lineage/names.ts';
import { kindOfId } from '../../src/domain/lineage/node-id.ts';
import { Acts } from '../support/acts.ts';
import { addService, type TestService } from '../support/add-service.ts';
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

const cleanups: Array<() => Promise<void>> = [];
let world: CanaryWorld;
let acts: Acts;
/** Whoever writes to the open project, and whoever manages it. */
let askers: readonly TestService[];

beforeAll(async () => {
  world = await openCanaryWorld('with the hidden project', (work) => void cleanups.push(work));
  const { hub, client, writer } = world;
  acts = new Acts(client, OPEN_PROJECT, () => hub.clock.nowMs());
  const manager = await addService(hub, 'manager', [['ADMINISTRATOR', `project/${OPEN_PROJECT}`]]);
  askers = [writer, manager];
}, 60_000);
afterAll(async () => {
  for (const work of cleanups.reverse()) await work();
});

/** A hidden thing in place of an open one, by the kind of its id. */
const HIDDEN: Readonly<Record<string, string>> = {
  RUN: 'hiddenRun',
  MODEL_VERSION: 'hiddenModel',
  DATASET_VERSION: 'hiddenFeatures',
};

/** What the text becomes when somebody asks about the hidden project; null: it stays. */
function hiddenText(text: string): string | null {
  if (text === OPEN_PROJECT) return HIDDEN_PROJECT;
  if (text === 'main') return HIDDEN_TEAM;
  if (text === `project/${OPEN_PROJECT}`) return `project/${HIDDEN_PROJECT}`;
  if (text === world.ids[OPEN_PROJECT]) return world.ids[HIDDEN_PROJECT] ?? null;
  const name = HIDDEN[kindOfId(text) ?? ''];
  return name === undefined ? null : (world.ids[name] ?? null);
}

/** The input with one text after the other led to the hidden project. */
function hiddenInputs(value: unknown): unknown[] {
  if (typeof value === 'string') {
    const hidden = hiddenText(value);
    return hidden === null ? [] : [hidden];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => hiddenInputs(item).map((other) => value.with(at, other)));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    hiddenInputs(inner).map((other) => ({ ...value, [key]: other })),
  );
}

function twinText(text: string): string {
  let twin = text.replaceAll(CANARY, TWIN);
  for (const name of Object.values(HIDDEN)) {
    const id = world.ids[name] as string;
    twin = twin.replaceAll(id, `${id.slice(0, id.indexOf('_') + 1)}${'A'.repeat(43)}`);
  }
  // The id that a project of that name would have tells no more than the name.
  const path = parseProjectPath(HIDDEN_PROJECT.replaceAll(CANARY, TWIN));
  return twin.replaceAll(world.ids[HIDDEN_PROJECT] as string, projectId(world.hub.org, path));
}
const twinOf = <T>(value: T): T => JSON.parse(twinText(JSON.stringify(value))) as T;

/** How many refusals on record somebody may see. */
async function refusalsSeen(key: string): Promise<number> {
  const query = '{ auditLog(filter: { outcome: DENY }, first: 500) { edges { cursor } } }';
  const { data } = await world.client.ask(query, {}, key);
  return data.auditLog.edges.length;
}

describe('every mutation about a hidden thing', () => {
  test('is answered as about an unknown one, and changes nothing', {
    timeout: 120_000,
  }, async () => {
    const state = async () => {
      const rows = await world.hub.store.list({
        scope: { all: true },
        project: world.ids[HIDDEN_PROJECT],
        order: 'id',
        limit: 1_000,
      });
      return JSON.stringify(rows);
    };
    const before = await state();
    let tried = 0;
    for (const mutation of acts.names) {
      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
      const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { fact { index } } }`;
      for (const input of hiddenInputs(await acts.input(mutation))) {
        for (const { key } of askers) {
          tried += 1;
          const seen = await refusalsSeen(key);
          const answer = await world.client.ask(query, { input }, key);
          const seenOfHidden = (await refusalsSeen(key)) - seen;
          const twin = await world.client.ask(query, { input: twinOf(input) }, key);
          const seenOfUnknown = (await refusalsSeen(key)) - seen - seenOfHidden;
          expect({ mutation, input, seenOfHidden }).toEqual({
            mutation,
            input,
            seenOfHidden: seenOfUnknown,
          });
          const code = answer.errors[0]?.extensions.code;
          expect([mutation, input, code]).toEqual([
            mutation,
            input,
            expect.stringMatching(/^(NOT_FOUND|FORBIDDEN|BAD_USER_INPUT)$/),
          ]);
          expect({ mutation, input, answer: twinOf(answer) }).toEqual({
            mutation,
            input,
            answer: twin,
          });
        }
      }
    }
    expect(tried).toBeGreaterThan(25);
    expect(await state()).toBe(before);
  });
});

describe('a name in a namespace of a hidden project', () => {
  /** A mutation about it, then about one of a project that is not there: answers and counts. */
  async function bothAnswers(mutation: string, input: object, twin: object) {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { fact { index } } }`;
    const told = [];
    for (const asked of [input, twin]) {
      const { key } = world.writer;
      const { size } = await world.hub.store.head();
      const seen = await refusalsSeen(key);
      const answer = await world.client.ask(query, { input: asked }, key);
      const grown = (await world.hub.store.head()).size - size;
      told.push({ answer, grown, seen: (await refusalsSeen(key)) - seen });
    }
    return { told: told[0], toldOfTwin: told[1] };
  }

  test.each([`${CANARY}-table`, `${CANARY}-bare`, 'made up'])(
    'takes nothing that is said of it: %s',
    async (name) => {
      const project = OPEN_PROJECT;
      const named = { namespace: HIDDEN_NAMESPACE, name, digest: SHARED_DIGEST };
      const input = { project, kind: 'DATASET', ...named, metadata: { a: 1 }, aliases: ['mine'] };
      const { told, toldOfTwin } = await bothAnswers('registerVersion', input, twinOf(input));
      expect(told?.answer.errors[0]?.extensions.code).toBe('NOT_FOUND');
      expect(twinOf(told)).toEqual(toldOfTwin);
      expect(JSON.stringify(told)).not.toContain(HIDDEN_PROJECT);
    },
  );

  test.each([`${CANARY}-table`, `${CANARY}-bare`, 'made up'])(
    'takes an edge, and does not tell what is there: %s',
    async (name) => {
      for (const side of ['inputDatasets', 'outputDatasets']) {
        const asked = async () => {
          const { run } = (await acts.input('updateRun')) as { run: string };
          const named = { namespace: HIDDEN_NAMESPACE, name, digest: SHARED_DIGEST };
          return { project: OPEN_PROJECT, run, [side]: [named] };
        };
        const [input, twin] = [await asked(), twinOf(await asked())];
        const { told, toldOfTwin } = await bothAnswers('recordLineage', input, twin);
        expect(told?.answer).toMatchObject({ errors: [], data: { recordLineage: { fact: null } } });
        expect(twinOf(told)).toEqual(toldOfTwin);
      }
    },
  );
});

import { describe, expect, test } from 'vitest';
import { addKey, addService } from '../support/add-service.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

/** Mutations with everything that they answer of what was written. */
const ASK = {
  createRun: 'run { id } fact { index type }',
  updateRun: 'run { id } fact { index type }',
  finishRun: 'run { id } fact { index type }',
  recordLineage: 'run { id } fact { index type }',
  registerVersion: 'version { id } fact { index type }',
  setAlias: 'version { id } fact { index type }',
  register: 'registration { id } fact { index type }',
} as const;
type Asked = keyof typeof ASK;

async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  for (const name of ['open', 'hidden']) await record.project(name);
  const write = async (mutation: Asked, input: object, key?: string) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${ASK[mutation]} } }`;
    const { data, errors } = await client.ask(query, { input }, key);
    return { payload: data?.[mutation], errors, size: (await hub.store.head()).size };
  };
  return { hub, client, record, write };
}

describe('what was written and may not be read by who wrote it', () => {
  test('is null in the answer, and the entry of the log is told', async () => {
    const { hub, record, write } = await open();
    const run = await record.run('main/open', 'known');
    const data = await record.version('DATASET', 'main/open/d', { digest: digestOf(1) });
    const model = await record.version('MODEL', 'main/open/m', { digest: digestOf(2) });
    await hub.telemetry.append(run, [{ stream: 'summary', offset: 0, lines: ['{"loss":0.5}'] }]);
    const writer = await addService(hub, 'writer', [['CONTRIBUTOR', 'project/main/open']]);
    const { text: key } = await addKey(hub, writer.ref, { actions: ['record.write'] });
    const project = 'main/open';
    const acts: ReadonlyArray<readonly [Asked, object]> = [
      ['createRun', { project, name: 'r', idempotencyKey: 'k' }],
      ['updateRun', { run, tags: ['x'] }],
      ['recordLineage', { project, run, inputs: [], outputs: [data] }],
      ['registerVersion', { project, kind: 'DATASET', name: 'e', digest: digestOf(3) }],
      ['setAlias', { version: model, alias: 'best' }],
      ['finishRun', { run, status: 'FINISHED' }],
    ];
    for (const [mutation, input] of acts) {
      const { payload, errors, size } = await write(mutation, input, key);
      expect({ mutation, errors }).toEqual({ mutation, errors: [] });
      const { fact, ...shown } = payload;
      expect(fact).toEqual({ index: size - 1, type: expect.any(String) });
      expect(Object.values(shown)).toEqual([null]);
    }
    const [row] = await hub.store.get([run]);
    expect(row?.props).toMatchObject({ status: 'FINISHED', summary: { loss: 0.5 } });
    const again = await write('createRun', acts[0]?.[1] as object, key);
    expect(again).toMatchObject({
      errors: [],
      payload: { run: null, fact: { type: 'run.created' } },
    });
    // Whoever reads is shown everything, as before.
    const { payload } = await write('updateRun', { run, tags: ['y'] }, writer.key);
    expect(payload).toMatchObject({ run: { id: run }, fact: { type: 'run.updated' } });
    const registered = { version: model, model: 'risk', project };
    const { errors } = await write('register', registered, key);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
  });

  test('does not tell of the entry of somebody else that made it so before', async () => {
    const { hub, record, write } = await open();
    const run = await record.run('main/open', 'r');
    const input = await record.version('DATASET', 'main/open/d', { digest: digestOf(1) });
    const hidden = await record.version('DATASET', 'main/hidden/d', { digest: digestOf(2) });
    await record.lineage(run, [input, hidden], []);
    const writer = await addService(hub, 'writer', [['CONTRIBUTOR', 'project/main/open']]);
    const asked = { project: 'main/open', run, inputs: [input], outputs: [] };
    const { size } = await hub.store.head();
    const answer = await write('recordLineage', asked, writer.key);
    expect(answer).toEqual({ errors: [], size, payload: { run: { id: run }, fact: null } });
    const own = await write('recordLineage', asked);
    expect(own.payload.fact).toMatchObject({ type: expect.any(String) });
  });
});

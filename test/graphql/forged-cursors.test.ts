import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeCursor } from '../../src/transport/graphql/cursors.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const ends: Array<() => Promise<void>> = [];
let client: GraphqlClient;
let ids: Readonly<Record<'run' | 'data' | 'other', string>>;

beforeAll(async () => {
  const { hub } = await openTestHub((work) => ends.unshift(work));
  client = await openGraphqlClient(hub, (work) => ends.unshift(work));
  const record = recorder(client);
  await record.project('p');
  const files = ['a', 'b'].map((path, at) => ({ path, sizeBytes: 1, digest: digestOf(at) }));
  const data = await record.version('DATASET', 'main/p/d', { files });
  const other = await record.version('DATASET', 'main/p/d', { files: files.slice(1) });
  const run = await record.run('main/p', 'r');
  await record.run('main/p', 's');
  await record.lineage(run, [data, other], []);
  ids = { run, data, other };
});
afterAll(async () => {
  for (const end of ends) await end();
});

const PAGE = '{ pageInfo { endCursor } }';
/** A page of one of every kind of list, by what stands around it. */
const PAGES: ReadonlyArray<readonly [around: (page: string) => string, page: string]> = [
  [(page) => page, `projects(first: 1, after: $after) ${PAGE}`],
  [(page) => page, `actors(first: 1, after: $after) ${PAGE}`],
  [(page) => page, `teams(first: 1, after: $after) ${PAGE}`],
  [(page) => page, `auditLog(first: 1, after: $after) ${PAGE}`],
  [(page) => page, `accessLog(first: 1, after: $after) ${PAGE}`],
  [(page) => page, `impact(root: $data, kinds: [RUN], first: 1, after: $after) ${PAGE}`],
  [(page) => page, 'lineage(root: $run, first: 1, after: $after) { endCursor }'],
  [(page) => `run(id: $run) { ${page} }`, `inputs(first: 1, after: $after) ${PAGE}`],
  [(page) => `run(id: $run) { ${page} }`, `history(first: 1, after: $after) ${PAGE}`],
  [(page) => `run(id: $run) { ${page} }`, 'lineage(first: 1, after: $after) { endCursor }'],
  [(page) => `datasetVersion(id: $data) { ${page} }`, `files(first: 1, after: $after) ${PAGE}`],
  [(page) => `dataset(path: "main/p/d") { ${page} }`, `versions(first: 1, after: $after) ${PAGE}`],
  [
    (page) => `compare(a: $data, b: $other) { files { ${page} } }`,
    `differences(first: 1, after: $after) ${PAGE}`,
  ],
  [
    (page) => `datasetVersion(id: $data) { content { ${page} } }`,
    `versions(first: 1, after: $after) ${PAGE}`,
  ],
];
const PLACES = [null, true, 'x', -1, 1.5, {}, [], [{}, {}], [null, null], [1, null], [[], 'x']];

describe('cursors that somebody made up', () => {
  test.each(PAGES)('are refused for %s %s', async (around, page) => {
    const variables = 'query ($after: String, $run: ID!, $data: ID!, $other: ID!)';
    const unused = 'nodes(ids: [$run, $data, $other]) { id }';
    const ask = (after: string | null) =>
      client.ask(`${variables} { ${around(page)} ${unused} }`, { ...ids, after });
    const first = await ask(null);
    expect(first.errors).toEqual([]);
    const cursor = /"endCursor":"([^"]+)"/.exec(JSON.stringify(first.data))?.[1] ?? '';
    const { q } = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    for (const place of PLACES) {
      const { errors } = await ask(writeCursor(q, place));
      const told = errors.map(({ message, extensions }) => [message, extensions.code]);
      const refusal = ['this is not a cursor of this query', 'BAD_USER_INPUT'];
      expect({ place, told }).toEqual({ place, told: [refusal] });
    }
    expect((await ask(cursor)).errors).toEqual([]);
  });
});

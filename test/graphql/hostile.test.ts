import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_TABLE } from '../../src/transport/error-table.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { HOSTILE_REQUESTS } from '../support/hostile-requests.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';

const ends: Array<() => Promise<void>> = [];
let client: GraphqlClient;

beforeAll(async () => {
  const { hub } = await openTestHub((work) => ends.unshift(work));
  client = await openGraphqlClient(hub, (work) => ends.unshift(work));
});
afterAll(async () => {
  for (const end of ends) await end();
});

/** What the GraphQL server itself may say beside the codes of the hub. */
const SERVER_CODES = ['GRAPHQL_VALIDATION_FAILED'];
/** Errors that a refusal lists, at most: fifty of variables, and that there are more. */
const ERRORS_MAX = 51;

describe('requests that would cost more to answer than to send are refused', () => {
  test.each(HOSTILE_REQUESTS)('$name', async ({ query, variables, operationName, code, says }) => {
    const { statusCode, payload } = await client.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ query, variables, operationName }),
    });
    const { data, errors } = JSON.parse(payload);
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    expect(errors[0].message).toMatch(says);
    expect(errors[0].extensions.code).toBe(code);
    expect(errors.length).toBeLessThanOrEqual(ERRORS_MAX);
    expect([200, 400]).toContain(statusCode);
    const known = [...Object.values(ERROR_TABLE).map(({ graphql }) => graphql), ...SERVER_CODES];
    expect(known).toContain(code);
  });
});

describe('what clients of good will send is answered', () => {
  const answered = async (query: string, variables?: object) => {
    const { data, errors } = await client.ask(query, variables);
    expect(errors).toEqual([]);
    return data;
  };

  test('the whole schema, as tools ask for it', async () => {
    const options = { oneOf: true, specifiedByUrl: true, inputValueDeprecation: true };
    const { __schema } = await answered(getIntrospectionQuery(options));
    expect(__schema.types.length).toBeGreaterThan(50);
  });

  test('twenty types by their names', async () => {
    const types = Array.from(
      { length: 20 },
      (_, at) => `t${at}: __type(name: "Run") { name fields { name type { name kind } } }`,
    );
    expect((await answered(`{ ${types.join(' ')} }`)).t19.name).toBe('Run');
  });

  test('a hundred versions under an alias each', async () => {
    const versions = Array.from({ length: 100 }, (_, at) => `v${at}: node(id: "x") { id }`);
    expect(Object.keys(await answered(`{ ${versions.join(' ')} }`))).toHaveLength(100);
  });

  test('a document of many operations, of which one is asked for', async () => {
    const operations = Array.from({ length: 50 }, (_, at) => `query q${at} { viewer { name } }`);
    const { statusCode, payload } = await client.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ query: operations.join('\n'), operationName: 'q7' }),
    });
    expect([statusCode, JSON.parse(payload)]).toEqual([
      200,
      { data: { viewer: { name: 'administrator' } } },
    ]);
  });

  test('a thousand nodes with ten fields each', async () => {
    const { errors } = await client.ask(`{ lineage(root: "x", first: 1000) {
      nodes { id kind name ... on LineageNode { recordedAt } ... on Run { status startedAt endedAt
        config summary tags } } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });
});

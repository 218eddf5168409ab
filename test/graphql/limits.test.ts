import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../src/domain/errors.ts';
import { type GraphqlClient, openGraphqlClient } from '../support/graphql-client.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';

const ends: Array<() => Promise<void>> = [];
let shared: GraphqlClient;

beforeAll(async () => {
  const { hub } = await openTestHub((work) => ends.unshift(work));
  shared = await openGraphqlClient(hub, (work) => ends.unshift(work));
});
afterAll(async () => {
  for (const end of ends) await end();
});

describe('who may ask', () => {
  test.each([
    ['no key', undefined],
    ['a wrong key', `Bearer ledgerline-${'b'.repeat(48)}`],
    ['no key at all', 'Bearer '],
    ['another scheme', 'Digest x'],
  ])('%s: 401 and UNAUTHENTICATED', async (_what, authorization) => {
    const { app } = shared;
    const answer = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { ...(authorization && { authorization }), 'content-type': 'application/json' },
      payload: JSON.stringify({ query: '{ viewer { id } }' }),
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json().errors).toEqual([
      { message: expect.any(String), extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });
});

describe('when a store cannot be reached', () => {
  test('503, and when to try again', async () => {
    const { hub } = await openTestHub();
    const get = () => Promise.reject(new DomainError('UNAVAILABLE', 'the store is away'));
    const away = Object.assign(Object.create(hub), { operational: { get } });
    const { app } = await openGraphqlClient(away);
    const answer = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      payload: '{"query":"{ viewer { id } }"}',
    });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json().errors).toEqual([
      { message: 'the store is away', extensions: { code: 'UNAVAILABLE', retryAfterS: 2 } },
    ]);
  });
});

describe('what a request may look like', () => {
  const send = async (payload: string, headers: Record<string, string> = {}) => {
    const { app } = shared;
    const answer = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        'content-type': 'application/json',
        ...headers,
      },
      payload,
    });
    return { status: answer.statusCode, ...answer.json() };
  };

  test('a body of more than a mebibyte: 413', async () => {
    const answer = await send(
      JSON.stringify({ query: '{ viewer { id } }', x: 'x'.repeat(2 ** 20) }),
    );
    expect(answer).toEqual({
      status: 413,
      errors: [
        {
          message: "the request's body has more than 1048576 bytes, which is the most",
          extensions: { code: 'LIMIT_EXCEEDED' },
        },
      ],
    });
  });

  test('no JSON: 400', async () => {
    const { status, errors } = await send('{"query": ');
    expect(status).toBe(400);
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining('malformed JSON'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test('another media type: 415', async () => {
    const { status, errors } = await send('{ viewer { id } }', { 'content-type': 'text/plain' });
    expect(status).toBe(415);
    expect(errors[0].message).toBe('send application/json');
  });

  test('several operations at once: 400', async () => {
    const { status, errors } = await send(JSON.stringify([{ query: '{ viewer { id } }' }]));
    expect(status).toBe(400);
    expect(errors[0].message).toContain('batching');
  });

  test('a query by GET needs a header that browsers do not send by themselves', async () => {
    const { app } = shared;
    const url = `/graphql?query=${encodeURIComponent('{ viewer { name } }')}`;
    const authorization = `Bearer ${ADMIN_KEY}`;
    const refused = await app.inject({ url, headers: { authorization } });
    expect(refused.statusCode).toBe(400);
    const headers = { authorization, 'apollo-require-preflight': 'true' };
    const answer = await app.inject({ url, headers });
    expect(answer.json()).toEqual({ data: { viewer: { name: 'administrator' } } });
    const mutation = `/graphql?query=${encodeURIComponent('mutation { __typename }')}`;
    expect((await app.inject({ url: mutation, headers })).statusCode).toBe(405);
  });
});

describe('what a document may ask for', () => {
  test('syntax and validation errors keep their codes', async () => {
    const { ask } = shared;
    const syntax = await ask('{ viewer {');
    expect(syntax.status).toBe(400);
    expect(syntax.errors[0]?.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
    const unknown = await ask('{ nothing }');
    expect(unknown.status).toBe(400);
    expect(unknown.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const variable = await ask('query ($i: LogIndex!) { auditEntry(index: $i) { id } }', { i: -1 });
    expect(variable.status).toBe(400);
    expect(variable.errors[0]).toMatchObject({
      message: expect.stringContaining('a LogIndex is an integer from 0 to 2^53 - 1'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test('thirteen levels: 400 and LIMIT_EXCEEDED', async () => {
    const { ask } = shared;
    const inner = `${'lineage { nodes { ... on Run { '.repeat(6)}id${' } } }'.repeat(6)}`;
    const { status, errors } = await ask(`{ run(path: "a/b/c") { ${inner} } }`);
    expect(status).toBe(400);
    expect(errors).toEqual([
      {
        message: 'the document has 14 levels of fields, at most 12 are taken',
        extensions: { code: 'LIMIT_EXCEEDED' },
      },
    ]);
  });

  test('an answer that could be huge is refused before anything is looked up', async () => {
    const { ask } = shared;
    const { status, errors } = await ask(`{
      lineage(root: "run_x", first: 1000) { nodes { ... on ModelVersion { trainedOn { id } } } }
    }`);
    expect(status).toBe(400);
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(/could have \d+ fields, at most 50000 are given/),
      extensions: { code: 'LIMIT_EXCEEDED' },
    });
  });

  test('the largest lineage answer with its usual fields is not too large', async () => {
    const { ask } = shared;
    const { errors } = await ask(`{
      lineage(root: "run_x", first: 1000, depth: 1000) {
        nodes {
          __typename id kind name
          ... on LineageNode { recordedAt project { id name path } }
          ... on Run { status startedAt endedAt config tags }
          ... on ArtifactVersion { version digest aliases sizeBytes }
        }
        edges { kind from to recordedAt occurredAt fact { index } }
        truncated frontier depths
      }
    }`);
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  test('introspection works', async () => {
    const { get } = shared;
    const { __schema } = await get(getIntrospectionQuery());
    expect(__schema.queryType.name).toBe('Query');
  });

  test.each([
    ['lineage(root: "x", depth: 0) { truncated }', 'depth is a whole number from 1 to 1000, not 0'],
    [
      'lineage(root: "x", depth: 1000000000) { truncated }',
      'depth is a whole number from 1 to 1000, not 1000000000',
    ],
    [
      'lineage(root: "x", depth: -1) { truncated }',
      'depth is a whole number from 1 to 1000, not -1',
    ],
    ['lineage(root: "x", first: 0) { truncated }', 'first is a whole number from 1 to 1000, not 0'],
    [
      'lineage(root: "x", first: 1001) { truncated }',
      'first is a whole number from 1 to 1000, not 1001',
    ],
    ['projects(first: 0) { edges { cursor } }', 'first is a whole number from 1 to 500, not 0'],
    ['projects(first: 501) { edges { cursor } }', 'first is a whole number from 1 to 500, not 501'],
    ['auditLog(first: 1, last: 1) { edges { cursor } }', 'a page has first or last, not both'],
    ['run { id }', 'give either an id or a path'],
    ['run(id: "x", path: "a/b/c") { id }', 'give either an id or a path'],
    ['search(text: "ab") { edges { cursor } }', 'text needs at least 3 characters to search for'],
  ])('%s', async (field, message) => {
    const { ask } = shared;
    const { errors } = await ask(`{ ${field} }`);
    expect(errors[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
  });
});

describe('what nobody expected', () => {
  test('shows an id, and the log holds the cause under it', async () => {
    const { hub } = await openTestHub();
    const logged: unknown[] = [];
    const log = { ...hub.log, error: (fields: unknown) => logged.push(fields) };
    const store = {
      ...hub.store,
      list: () => Promise.reject(new Error('the secret cause')),
      get: hub.store.get.bind(hub.store),
    };
    const broken = Object.assign(Object.create(hub), { store, log });
    const { ask } = await openGraphqlClient(broken);
    const { data, errors } = await ask('{ projects { edges { cursor } } }');
    expect(data).toBeNull();
    expect(errors[0]).toMatchObject({
      path: ['projects'],
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) },
    });
    expect(JSON.stringify(errors)).not.toContain('secret cause');
    expect(logged).toEqual([
      { errorId: errors[0]?.extensions.errorId, cause: expect.stringContaining('secret cause') },
    ]);
  });
});

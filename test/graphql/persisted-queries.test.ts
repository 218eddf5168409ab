import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';

const QUERY = '{ viewer { name } }';
const NAMED = { data: { viewer: { name: 'administrator' } } };

function extensionsFor(query: string) {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  return { persistedQuery: { version: 1, sha256Hash } };
}

async function open() {
  const { hub } = await openTestHub();
  const { app } = await openGraphqlClient(hub);
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  const send = async (payload: object) => {
    const answer = await app.inject({ method: 'POST', url: '/graphql', headers, payload });
    return JSON.parse(answer.payload);
  };
  const get = async (extensions: object) => {
    const url = `/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    const preflight = { ...headers, 'apollo-require-preflight': 'true' };
    return JSON.parse((await app.inject({ method: 'GET', url, headers: preflight })).payload);
  };
  return { send, get };
}

test('a document that came once with its digest is known by that alone', async () => {
  const { send, get } = await open();
  const extensions = extensionsFor(QUERY);
  const unknown = await send({ extensions });
  expect(unknown.errors[0].extensions).toEqual({ code: 'PERSISTED_QUERY_NOT_FOUND' });
  expect(await send({ query: QUERY, extensions })).toEqual(NAMED);
  expect(await send({ extensions })).toEqual(NAMED);
  expect(await get(extensions)).toEqual(NAMED);
});

test('a digest of something else is refused, and so is what no document may hold', async () => {
  const { send } = await open();
  const wrong = await send({ query: '{ viewer { id } }', extensions: extensionsFor(QUERY) });
  expect(wrong.errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
  const deep = `{ ${'a { '.repeat(200)}b${' }'.repeat(200)} }`;
  const refused = await send({ query: deep, extensions: extensionsFor(deep) });
  expect(refused.errors[0].extensions.code).toBe('LIMIT_EXCEEDED');
  const again = await send({ extensions: extensionsFor(deep) });
  expect(again.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
});

test('variables are bounded beside a digest as beside a document', async () => {
  const { send } = await open();
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const extensions = extensionsFor(query);
  await send({ query, variables: { ids: [] }, extensions });
  const ids = Array.from({ length: 50_000 }, (_, at) => `${at}`);
  const refused = await send({ extensions, variables: { ids } });
  expect(refused.errors[0].extensions.code).toBe('LIMIT_EXCEEDED');
});

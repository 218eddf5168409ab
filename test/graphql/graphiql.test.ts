import { Script } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { type FastifyInstance, fastify } from 'fastify';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graphiqlDoor } from '../../src/transport/graphql/graphiql-door.ts';
import {
  GRAPHIQL_QUERY,
  GRAPHIQL_SCRIPT,
  NAMED_QUERIES,
} from '../../src/transport/graphql/graphiql-page.ts';
import { graphqlDoor } from '../../src/transport/graphql/graphql-door.ts';
import { buildHubSchema } from '../../src/transport/graphql/hub-schema.ts';
import { ADMIN_KEY, openTestHub } from '../support/open-hub.ts';

const ends: Array<() => Promise<void>> = [];
let app: FastifyInstance;
let html = '';

beforeAll(async () => {
  const { hub } = await openTestHub((work) => ends.unshift(work));
  app = fastify();
  await graphqlDoor(app, hub);
  await graphiqlDoor(app);
  ends.unshift(() => app.close());
  html = (await app.inject({ url: '/graphiql' })).payload;
});
afterAll(async () => {
  for (const end of ends) await end();
});

const addresses = () => [...html.matchAll(/(?:src|href)="(graphiql\/[^"]+)"/g)].map(([, a]) => a);

describe('the page', () => {
  test('comes without a key, and may load from the hub alone', async () => {
    const { statusCode, headers } = await app.inject({ url: '/graphiql' });
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
    );
    expect(policy.join()).not.toMatch(/unsafe|https?:|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  test('holds no script, no style and no key of its own', () => {
    expect(html).not.toMatch(/<style|style=|<script(?! defer src=)| on\w+=|https?:/);
    expect(html).not.toContain('ledgerline-a');
  });

  test('names files that are there, each with its type', async () => {
    const types: string[] = [];
    for (const address of addresses()) {
      const { statusCode, headers, payload } = await app.inject({ url: `/${address}` });
      expect([address, statusCode]).toEqual([address, 200]);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(payload.length).toBeGreaterThan(100);
      types.push(String(headers['content-type']).split(';')[0] ?? '');
    }
    expect(types.sort()).toEqual([
      ...['text/css', 'text/css'],
      ...['text/javascript', 'text/javascript', 'text/javascript', 'text/javascript'],
    ]);
  });

  test('is asked for anew, and not sent again while it is the same', async () => {
    const { headers } = await app.inject({ url: '/graphiql' });
    expect(headers['cache-control']).toBe('no-cache');
    const known = { 'if-none-match': String(headers.etag) };
    const again = await app.inject({ url: '/graphiql', headers: known });
    expect([again.statusCode, again.payload]).toEqual([304, '']);
    expect(again.headers['content-security-policy']).toBe(headers['content-security-policy']);
    const other = await app.inject({ url: '/graphiql', headers: { 'if-none-match': '"x"' } });
    expect(other.statusCode).toBe(200);
  });

  test('and its files answer HEAD, and come packed to who can unpack them', async () => {
    for (const url of ['/graphiql', ...addresses().map((address) => `/${address}`)]) {
      const head = await app.inject({ method: 'HEAD', url });
      expect([head.statusCode, head.payload]).toEqual([200, '']);
      const plain = await app.inject({ url });
      expect(head.headers['content-length']).toBe(String(plain.rawPayload.length));
      const packed = await app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
      expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip' });
      expect(packed.headers.vary).toBe('accept-encoding');
      expect(gunzipSync(packed.rawPayload).equals(plain.rawPayload)).toBe(true);
    }
  });

  test.each([
    '/graphiql/',
    '/graphiql/x/page.js',
    '/graphiql/undefined/nothing.js',
    '/graphiql/undefined/toString',
    '/graphiql/..%2f..%2fpackage.json',
    '/graphiql/x/..%2f..%2fpackage.json',
  ])('nothing else is there: %s', async (url) => {
    expect((await app.inject({ url })).statusCode).toBe(404);
  });

  test('only reads', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      expect((await app.inject({ method, url: '/graphiql' })).statusCode).toBe(404);
    }
  });
});

describe('what it starts with', () => {
  test('is a script that reads as one', () => {
    expect(() => new Script(GRAPHIQL_SCRIPT)).not.toThrow();
    expect(GRAPHIQL_SCRIPT).not.toContain('localStorage');
  });

  test.each(Object.entries(NAMED_QUERIES))('asks what the schema takes of a %s', (_, query) => {
    expect(validate(buildHubSchema(), parse(query))).toEqual([]);
  });

  test('is a question that the schema takes and that is answered', async () => {
    expect(validate(buildHubSchema(), parse(GRAPHIQL_QUERY))).toEqual([]);
    const answer = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ query: GRAPHIQL_QUERY }),
    });
    expect(answer.json()).toMatchObject({
      data: { viewer: { name: 'administrator' }, auditLog: { edges: { length: 5 } } },
    });
  });
});

describe('the address of the API in a browser', () => {
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  test('leads to the page', async () => {
    const { statusCode, headers } = await app.inject({ url: '/graphql', headers: browser });
    expect([statusCode, headers.location]).toEqual([303, 'graphiql']);
    expect(headers.vary).toBe('accept');
  });

  test.each([
    ['a question', { url: '/graphql?query={__typename}', headers: browser }],
    ['a question for the schema', { url: '/graphql?query={__schema{types{name}}}' }],
    ['another client', { url: '/graphql', headers: { accept: '*/*' } }],
    ['a client that says nothing', { url: '/graphql' }],
    ['a posted form', { url: '/graphql', method: 'POST' as const, headers: browser }],
  ])('still needs a key for %s', async (_what, request) => {
    const { statusCode, payload } = await app.inject(request);
    expect(statusCode).toBe(401);
    expect(JSON.parse(payload).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});

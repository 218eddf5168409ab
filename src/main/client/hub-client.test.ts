import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readClientConfig } from '../config.ts';
import { ClientError } from './client-error.ts';
import { DOCUMENTS } from './documents.ts';
import { hubClient } from './hub-client.ts';

const KEY = `ledgerline-${'k'.repeat(40)}`;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves one answer to everything, and returns its address. */
async function answering(answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(status: number, body: unknown): Answer {
  return (_request, response) => response.writeHead(status).end(JSON.stringify(body));
}

async function failureAt(url: string, answerMsMax?: number): Promise<string> {
  const failed = hubClient({ url, key: KEY }, answerMsMax).ask('viewer');
  const error = await failed.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClientError);
  const { message } = error as ClientError;
  expect(message).not.toContain(KEY);
  expect(message).not.toContain('\n');
  return message;
}

describe('a question to a hub', () => {
  it('goes to its GraphQL API with the key, and comes back as data', async () => {
    let asked = '';
    const url = await answering((request, response) => {
      const { authorization } = request.headers;
      request.on('data', (chunk) => (asked += chunk));
      request.on('end', () => response.end(JSON.stringify({ data: { authorization } })));
    });
    const data = await hubClient({ url, key: KEY }).ask('actor', { id: 'act:x' });
    expect(data).toEqual({ authorization: `Bearer ${KEY}` });
    expect(JSON.parse(asked)).toEqual({ query: DOCUMENTS.actor, variables: { id: 'act:x' } });
  });

  it('may be refused: the code, what is missing where, and whom to ask are told', async () => {
    const extensions = {
      code: 'FORBIDDEN',
      missing: ['access.manage'],
      scope: 'team/main',
      ask: ['act:a', 'act:b'],
    };
    const message = 'no \u001b[31mgrant';
    const url = await answering(json(200, { data: null, errors: [{ message, extensions }] }));
    expect(await failureAt(url)).toBe(
      'no \\u{1b}[31mgrant [FORBIDDEN; missing access.manage on team/main; ' +
        'could be granted by act:a, act:b]',
    );
  });

  it('fails when a part of it fails', async () => {
    const errors = [{ message: 'one' }, { message: 'two' }];
    const url = await answering(json(200, { data: { viewer: null }, errors }));
    expect(await failureAt(url)).toBe('one (and 1 more)');
  });

  it.each(['<html></html>', 'null', '{"data":null}', '[]', ''])(
    'finds no hub behind the answer %j',
    async (text) => {
      const url = await answering((_request, response) => response.writeHead(404).end(text));
      expect(await failureAt(url)).toBe(
        `what answers at ${url} is no hub: HTTP 404; is LEDGERLINE_URL the hub's address?`,
      );
    },
  );

  it('does not follow a redirection with the key', async () => {
    let visits = 0;
    const elsewhere = await answering((_request, response) => {
      visits += 1;
      response.end();
    });
    const url = await answering((_request, response) =>
      response.writeHead(307, { location: elsewhere }).end(),
    );
    expect(await failureAt(url)).toMatch(/is no hub: HTTP 307/);
    expect(visits).toBe(0);
  });

  it('says where it found nobody, and what to check', async () => {
    const message = await failureAt('http://127.0.0.1:9');
    expect(message).toMatch(/^no hub answers at http:\/\/127\.0\.0\.1:9 \(.+\): is it running/);
    expect(message).toContain('LEDGERLINE_URL');
  });

  it('waits so long and no longer', async () => {
    const url = await answering(() => undefined);
    expect(await failureAt(url, 50)).toBe(
      `the hub at ${url} did not answer in time; whether it did what was asked is not known`,
    );
  });
});

describe('the settings of a client', () => {
  it('have a default address', () => {
    const settings = { url: 'http://127.0.0.1:4000', key: KEY };
    expect(readClientConfig({ LEDGERLINE_KEY: KEY })).toEqual(settings);
    expect(readClientConfig({ LEDGERLINE_KEY: KEY, LEDGERLINE_URL: '' })).toEqual(settings);
    const LEDGERLINE_URL = 'https://hub.example.com/lineage/';
    expect(readClientConfig({ LEDGERLINE_KEY: KEY, LEDGERLINE_URL }).url).toBe(
      'https://hub.example.com/lineage',
    );
  });

  it.each([
    [{}, /LEDGERLINE_KEY: needed/],
    [{ LEDGERLINE_KEY: '' }, /LEDGERLINE_KEY: needed/],
    [{ LEDGERLINE_KEY: 'secret\nsecret' }, /LEDGERLINE_KEY: no API key/],
    [{ LEDGERLINE_KEY: KEY, LEDGERLINE_URL: 'secret' }, /LEDGERLINE_URL: an http/],
    [{ LEDGERLINE_KEY: KEY, LEDGERLINE_URL: 'http://a:secret@b' }, /LEDGERLINE_URL: an http/],
    [{ LEDGERLINE_KEY: KEY, LEDGERLINE_URL: 'ftp://secret' }, /LEDGERLINE_URL: an http/],
  ])('are refused without repeating them: %j', (environment, fault) => {
    expect(() => readClientConfig(environment)).toThrow(fault);
    expect(() => readClientConfig(environment)).not.toThrow(/secret/);
  });
});

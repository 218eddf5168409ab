import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN_KEY, openTestHub } from '../../test/support/open-hub.ts';
import { SIGNED_LINK_LIFE_MS } from '../transport/http/signed-links.ts';
import { buildServer, HEADER_BYTES_MAX, SERVER_WAITS, type ServerOptions } from './server.ts';

/** Waits that a test can sit out. The server looks after its clients every few milliseconds. */
const SHORT = { headersMs: 300, idleMs: 300, requestMs: 60_000, checkMs: 20 };
const PIECE_MS = 100;
const LATE_MS = 5_000;

async function listening(options: ServerOptions) {
  const { hub } = await openTestHub();
  const app = await buildServer(hub, options);
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  return app;
}

/** A client that speaks HTTP by hand; what it is told gathers in `said`. */
async function client(server: { address(): unknown }) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let said = '';
  socket.on('data', (data) => (said += data));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, said: () => said };
}

/** Milliseconds until the server ends the connection. */
async function endOf(socket: Socket): Promise<number> {
  const from = performance.now();
  await Promise.race([
    once(socket, 'close'),
    new Promise((_, reject) => setTimeout(() => reject(new Error('still open')), LATE_MS)),
  ]);
  return performance.now() - from;
}

/** The key gets it past the door, which then waits for the body. */
const UPLOAD = `POST /wandb/graphql HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n`;

function pause(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

test('every wait is bounded, that for an upload as long as its address works', async () => {
  const { server } = await listening({});
  expect(server.timeout).toBe(SERVER_WAITS.idleMs);
  expect(server.headersTimeout).toBe(SERVER_WAITS.headersMs);
  expect(server.requestTimeout).toBe(SIGNED_LINK_LIFE_MS);
  for (const ms of Object.values(SERVER_WAITS)) expect(ms).toBeGreaterThan(0);
});

test('a body that stops half-way ends with its connection', async () => {
  const { server } = await listening({ waits: SHORT });
  const { socket } = await client(server);
  socket.write(`${UPLOAD}Content-Length: 1000\r\n\r\nonly the start`);
  expect(await endOf(socket)).toBeGreaterThanOrEqual(SHORT.idleMs - PIECE_MS);
});

test('a body that comes slowly and steadily is read to its end', async () => {
  const { server } = await listening({ waits: SHORT });
  const { socket, said } = await client(server);
  const pieces = 10;
  socket.write(`${UPLOAD}Content-Length: ${pieces}\r\n\r\n`);
  for (let piece = 0; piece < pieces; piece += 1) {
    expect(socket.destroyed).toBe(false);
    await pause(PIECE_MS);
    socket.write('x');
  }
  await expect.poll(said).toMatch(/^HTTP\/1\.1 400 /);
});

test('a body that never ends is over after the longest time of a request', async () => {
  const { server } = await listening({ waits: { ...SHORT, headersMs: 100, requestMs: 500 } });
  const { socket, said } = await client(server);
  socket.write(`${UPLOAD}Content-Length: 1000\r\n\r\n`);
  const drip = setInterval(() => socket.write('x'), PIECE_MS / 2);
  onTestFinished(() => clearInterval(drip));
  await endOf(socket);
  expect(said()).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test('headers that do not come end the connection', async () => {
  const { server } = await listening({ waits: { ...SHORT, idleMs: 60_000 } });
  const { socket, said } = await client(server);
  socket.write(UPLOAD);
  await endOf(socket);
  expect(said()).toMatch(/^HTTP\/1\.1 408 /);
});

test('headers that are too long are refused', async () => {
  const { server } = await listening({});
  const { socket, said } = await client(server);
  socket.write(`GET /healthz HTTP/1.1\r\nHost: h\r\nx: ${'y'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`);
  await endOf(socket);
  expect(said()).toMatch(/^HTTP\/1\.1 431 /);
});

test('doors answer 503 until the hub is founded', async () => {
  const { hub } = await openTestHub();
  let stage: 'founding' | 'founded' = 'founding';
  const app = await buildServer(hub, { stage: () => stage });
  onTestFinished(() => app.close());
  const status = async (url: string) => (await app.inject({ method: 'GET', url })).statusCode;
  const urls = ['/healthz', '/readyz', '/graphql', '/wandb/graphql', '/unknown'];
  expect(await Promise.all(urls.map(status))).toEqual([200, 503, 503, 503, 503]);
  expect((await app.inject('/readyz')).json()).toEqual({
    status: 'not ready',
    reason: 'the hub is being founded',
  });
  stage = 'founded';
  expect(await Promise.all(urls.map(status))).toEqual([200, 200, 401, 404, 404]);
});

test('who opens the address of the hub is led to a page where they can ask', async () => {
  const app = await listening({});
  const led = await app.inject({ url: '/' });
  expect(led.statusCode).toBe(303);
  const page = await app.inject({ url: `/${led.headers.location}` });
  expect([page.statusCode, page.headers['content-type']]).toEqual([
    200,
    'text/html; charset=utf-8',
  ]);
});

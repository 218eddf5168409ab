import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBullmqJobQueue } from '../../../src/adapters/bullmq/bullmq-job-queue.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { JobQueue } from '../../../src/ports/job-queue.ts';
import type { Log } from '../../../src/ports/log.ts';
import { type RedisServer, redisMissing, startRedis } from '../../support/redis-server.ts';
import { gate, Handler, job, OPTIONS, SILENT, until } from './opened-queues.ts';

const PASSWORD = 'v3ry:s3cret/@?';
const missing = redisMissing();
if (missing !== null) console.warn(`faults of Redis were not tried, ${missing}`);

async function server(...settings: string[]): Promise<RedisServer> {
  const redis = await startRedis(settings);
  onTestFinished(() => redis.stop());
  return redis;
}

async function open(url: string, log: Log = SILENT): Promise<JobQueue> {
  const queue = await openBullmqJobQueue({ url, log, clock: systemClock });
  onTestFinished(() => queue.close());
  return queue;
}

/** Answers as a Redis of that version does, to those who ask no more than what it is. */
async function pretend(version: string): Promise<string> {
  const told = `redis_version:${version}\r\nmaxmemory_policy:noeviction\r\nloading:0\r\n`;
  const pretender: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const [, command = ''] of String(chunk).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
        const info = command.toLowerCase() === 'info';
        socket.write(info ? `$${told.length}\r\n${told}\r\n` : '+OK\r\n');
      }
    });
  });
  pretender.listen(0, '127.0.0.1');
  await once(pretender, 'listening');
  onTestFinished(() => void pretender.close());
  return `redis://127.0.0.1:${(pretender.address() as AddressInfo).port}`;
}

describe('a Redis that will not do', () => {
  test.each([
    '',
    'nonsense',
    'http://127.0.0.1:6379',
    `redis://user:${PASSWORD}`,
    'redis://127.0.0.1:6379/x',
    `redis://user:%zz${'s3cret'}@127.0.0.1`,
  ])('the address %j is refused without repeating it', async (url) => {
    const error = await openBullmqJobQueue({ url, log: SILENT, clock: systemClock }).catch(
      (refused: unknown) => refused,
    );
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
  });

  test('none at all', async () => {
    const url = 'redis://127.0.0.1:1';
    await expect(open(url)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('redis://127.0.0.1:1/0'),
    });
  });

  test('one that is too old', async () => {
    await expect(open(await pretend('6.0.16'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('version 6.0.16; the queue needs 6.2 or newer'),
    });
  });
});

describe.skipIf(missing !== null)('a Redis of the test', () => {
  test.each(['allkeys-lru', 'volatile-ttl'])('one that evicts is refused: %s', async (policy) => {
    const { url } = await server('--maxmemory-policy', policy);
    await expect(open(url)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`maxmemory-policy is ${policy}; set it to noeviction`),
    });
  });

  test('one that keeps nothing on disk is taken, and said to be so', async () => {
    const { url } = await server('--appendonly', 'no');
    const warnings: string[] = [];
    await open(url, { ...SILENT, warn: (_, message) => void warnings.push(message) });
    expect(warnings).toEqual([expect.stringContaining('append-only file')]);
  });

  test('passwords let in, and stand in no message', async () => {
    const { url } = await server('--requirepass', PASSWORD);
    const told: unknown[] = [];
    const note = (...what: unknown[]) => void told.push(what);
    const log = { info: note, warn: note, error: note };
    const withPassword = (password: string) =>
      url.replace('//', `//default:${encodeURIComponent(password)}@`);
    const queue = await open(withPassword(PASSWORD), log);
    await queue.add('openlineage', [job('k')]);
    const working = queue.work('openlineage', new Handler().handle, OPTIONS);
    await until(async () => (await queue.counts('openlineage')).waiting === 0);
    await working.drain();
    const wrong = await open(withPassword(`${PASSWORD}-wrong`), log).catch((error) => error);
    expect(wrong).toMatchObject({ code: 'UNAVAILABLE' });
    expect(wrong.message).toMatch(/wants a password|refuses the user or the password/);
    await expect(open(url, log)).rejects.toThrow(/wants a password/);
    expect(inspect([wrong, told], { depth: 9 })).not.toContain('s3cret');
  });

  test('one that stands still is UNAVAILABLE, and served again when it goes on', async () => {
    const redis = await server();
    const queue = await open(redis.url);
    await queue.add('openlineage', [job('before')]);
    process.kill(redis.pid(), 'SIGSTOP');
    const away = { code: 'UNAVAILABLE', message: expect.stringContaining('does not answer') };
    await expect(queue.add('openlineage', [job('during')])).rejects.toMatchObject(away);
    process.kill(redis.pid(), 'SIGCONT');
    const handler = new Handler();
    queue.work('openlineage', handler.handle, OPTIONS);
    await queue.add('openlineage', [job('after')]);
    await until(() => ['before', 'after'].every((key) => handler.keys().includes(key)));
  });

  test('a worker drains and a queue closes while Redis is away', { timeout: 60_000 }, async () => {
    const redis = await server();
    const queue = await open(redis.url);
    await queue.add('openlineage', [job('k')]);
    const held = gate();
    const handler = new Handler(() => held.passed);
    const working = queue.work('openlineage', handler.handle, { ...OPTIONS, leaseMs: 1_000 });
    await until(() => handler.seen.length === 1);
    await redis.kill();
    const draining = working.drain();
    held.open();
    await draining;
    await queue.close();
    await redis.startAgain();
    const later = await open(redis.url);
    const again = new Handler();
    later.work('openlineage', again.handle, { ...OPTIONS, leaseMs: 1_000 });
    await until(() => again.seen.length === 1);
    expect(again.seen).toMatchObject([{ key: 'k', attempt: 2 }]);
  });

  test('one without memory takes all jobs of a call or none', async () => {
    const { url } = await server('--maxmemory', '4mb');
    const queue = await open(url);
    const fill = async () => {
      for (let call = 0; call < 100; call += 1) {
        const jobs = Array.from({ length: 20 }, (_, n) => job(`${call}-${n}`, 'p'.repeat(8_000)));
        try {
          await queue.add('openlineage', jobs);
        } catch (error) {
          return { error, call };
        }
      }
      throw new Error('the memory never ran out');
    };
    const { error, call } = await fill();
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect((await queue.counts('openlineage')).waiting).toBe(call * 20);
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    await client.config('SET', 'maxmemory', '100mb');
    await queue.add('openlineage', [job('fits again')]);
  });

  test('what BullMQ keeps of jobs that are done does not grow', async () => {
    const { url } = await server();
    const queue = await open(url);
    const handler = new Handler();
    queue.work('openlineage', handler.handle, OPTIONS);
    for (let n = 0; n < 5; n += 1) {
      await queue.add(
        'openlineage',
        Array.from({ length: 200 }, (_, at) => job(`${n}-${at}`)),
      );
    }
    await until(() => handler.seen.length === 1_000);
    await until(async () => (await queue.counts('openlineage')).active === 0);
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    const keys = await client.keys('*');
    expect(keys.filter((key) => /:k[\w-]{43}/.test(key))).toEqual([]);
    expect(keys.length).toBeLessThan(20);
    expect(await client.xlen('ledgerline:openlineage:events')).toBeLessThan(400);
  });
});

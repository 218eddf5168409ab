import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redisMissing, startRedis } from './redis-server.ts';

const missing = redisMissing();
if (missing !== null) console.warn(`the Redis of tests was not tried, ${missing}`);

async function connect(url: string): Promise<Redis> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  await client.connect();
  return client;
}

describe.skipIf(missing !== null)('the Redis of tests', () => {
  test('keeps what it acknowledged when it is killed and started again', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const first = server.pid();
    await (await connect(server.url)).set('k', 'v');
    await server.kill();
    await expect(connect(server.url)).rejects.toThrow();
    await server.startAgain();
    expect(server.pid()).not.toBe(first);
    const client = await connect(server.url);
    expect(await client.get('k')).toBe('v');
    expect(await client.config('GET', 'maxmemory-policy')).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
  });

  test('two of them stand side by side', async () => {
    const [one, other] = await Promise.all([startRedis(), startRedis()]);
    onTestFinished(() => Promise.all([one.stop(), other.stop()]).then(() => {}));
    expect(one.url).not.toBe(other.url);
    await (await connect(one.url)).set('k', 'v');
    expect(await (await connect(other.url)).get('k')).toBeNull();
  });
});

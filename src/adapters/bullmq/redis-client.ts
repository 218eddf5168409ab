import { Redis, type RedisOptions } from 'ioredis';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import type { Log } from '../../ports/log.ts';
import { type RedisAddress, redisFailure, said } from './redis-address.ts';

/** How long a caller waits for an answer before Redis counts as away, in milliseconds. */
const ANSWER_MS_MAX = 5_000;
/** How often a caller's command is tried on new connections. */
const RETRIES_MAX = 2;
const RECONNECT_MS_MIN = 50;
const RECONNECT_MS_MAX = 1_000;
const CONNECT_MS_MAX = 5_000;
/** The oldest Redis that the queue works with. */
const REDIS_MIN: readonly [number, number] = [6, 2];

/** `asking` answers or fails soon; `working` waits for a Redis that is away. */
export type ClientKind = 'asking' | 'working';

/** Opens a connection that comes back by itself, and looks whether this Redis will do. */
export async function connectRedis(address: RedisAddress, log: Log): Promise<Redis> {
  const { client, end } = makeClient(address, { kind: 'asking', log });
  // Connecting fails by a general error; what Redis said of it comes as an event before.
  let reason: unknown;
  client.once('error', (error: unknown) => {
    reason = error;
  });
  try {
    await client.connect();
    await checkRedis(client, { address, log });
    return client;
  } catch (error) {
    end();
    throw isDomainError(error) ? error : redisFailure(reason ?? error, address);
  }
}

/** A connection, which with all that were duplicated from it comes back until its end. */
export interface RedisClient {
  readonly client: Redis;
  end(): void;
}

export function makeClient(
  address: RedisAddress,
  { kind, log }: { readonly kind: ClientKind; readonly log: Log },
): RedisClient {
  let ended = false;
  const { place, tls, username, password, ...rest } = address;
  const options: RedisOptions = {
    ...rest,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS_MAX,
    retryStrategy: (times) =>
      ended ? null : Math.min(RECONNECT_MS_MIN * 2 ** times, RECONNECT_MS_MAX),
    ...(kind === 'asking'
      ? { maxRetriesPerRequest: RETRIES_MAX, commandTimeout: ANSWER_MS_MAX }
      : { maxRetriesPerRequest: null }),
  };
  const client = new Redis(options);
  let away = false;
  client.on('error', (error: unknown) => {
    if (!away) log.warn({ place, error: said(error, address) }, 'the connection to Redis fails');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info({ place }, 'the connection to Redis is back');
    away = false;
  });
  const end = () => {
    ended = true;
    client.disconnect();
  };
  return { client, end };
}

interface Checked {
  readonly address: RedisAddress;
  readonly log: Log;
}

async function checkRedis(client: Redis, { address, log }: Checked): Promise<void> {
  const told = await client.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(told)?.[1] ?? '';
  const version = field('redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { place } = address;
  if (major < REDIS_MIN[0] || (major === REDIS_MIN[0] && minor < REDIS_MIN[1])) {
    throw new DomainError(
      'UNAVAILABLE',
      `Redis at ${place} is version ${version}; the queue needs ${REDIS_MIN.join('.')} or newer`,
    );
  }
  const policy = field('maxmemory_policy');
  if (policy !== 'noeviction') {
    throw new DomainError(
      'UNAVAILABLE',
      `Redis at ${place} may throw jobs away: its maxmemory-policy is ${policy || 'unknown'}; ` +
        'set it to noeviction',
    );
  }
  if (field('aof_enabled') !== '1') {
    log.warn({ place }, 'Redis keeps no append-only file: its end would lose jobs for a while');
  }
}

import { DomainError, invalidInput } from '../../domain/errors.ts';

/** Where a Redis is and how to get in. Only `place` may be shown. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: Record<string, never> | undefined;
  /** The address without what is secret. */
  readonly place: string;
}

const PORT = 6_379;

/** Reads `redis[s]://[user[:password]@]host[:port][/db]`. No message repeats the address. */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw invalidInput('the address of Redis is none of the form redis[s]://[user:password@]host');
  }
  const db = /^\/?$/.test(url.pathname) ? 0 : Number(url.pathname.slice(1));
  if (!Number.isSafeInteger(db) || db < 0) {
    throw invalidInput('the address of Redis ends with no number of a database');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? PORT : Number(url.port);
  return {
    host,
    port,
    db,
    username: decoded(url.username),
    password: decoded(url.password),
    tls: url.protocol === 'rediss:' ? {} : undefined,
    place: `${url.protocol}//${url.hostname}:${port}/${db}`,
  };
}

function decoded(part: string): string | undefined {
  try {
    return part === '' ? undefined : decodeURIComponent(part);
  } catch {
    throw invalidInput('user and password in the address of Redis are not percent-encoded');
  }
}

/** Beginnings of Redis' answers that say why it cannot serve now. */
const ANSWERS: ReadonlyArray<readonly [start: string, why: string]> = [
  ['OOM', 'has no memory left'],
  ['LOADING', 'still loads its data'],
  ['READONLY', 'takes no writes: it is a replica'],
  ['MISCONF', 'takes no writes: it cannot save its data'],
  ['MASTERDOWN', 'has lost its primary'],
  ['NOREPLICAS', 'takes no writes: too few replicas'],
  ['BUSY', 'is busy with a script'],
  ['NOAUTH', 'wants a password'],
  ['WRONGPASS', 'refuses the user or the password'],
  ['NOPERM', 'does not permit this user what the queue needs'],
  ['EXECABORT', 'refused the transaction'],
];
const AWAY =
  /max retries per request|timed out|connection is closed|isn't writeable|\bE[A-Z]{4,}|socket/i;

/**
 * Names a failure of Redis. The library's errors hold the commands that they answer, a password
 * among them, so that nothing of them goes on but their text.
 */
export function redisFailure(error: unknown, address: RedisAddress): DomainError {
  const text = said(error, address);
  const cause = new Error(text);
  const answer = ANSWERS.find(([start]) => text.startsWith(start))?.[1];
  const why = answer ?? (AWAY.test(text) ? 'does not answer' : undefined);
  if (why === undefined) return new DomainError('INTERNAL', 'the job queue failed', { cause });
  return new DomainError('UNAVAILABLE', `Redis at ${address.place} ${why}`, { cause });
}

/** The text of an error, without the password. */
export function said(error: unknown, { password }: RedisAddress): string {
  const { message = '', code = '' } = error as { message?: string; code?: string };
  const text = message || code || String(error);
  return password === undefined ? text : text.replaceAll(password, '***');
}

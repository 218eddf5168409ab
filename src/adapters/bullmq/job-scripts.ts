import type { Redis } from 'ioredis';
import type { JobFailure } from '../../ports/job-rules.ts';

/**
 * Scripts over BullMQ's own keys: `failed` and `delayed` are sorted sets, `wait` and `active`
 * lists of job ids, and a job is a hash under the queue's prefix and its id. Beside them `dead`
 * is a sorted set of `key NUL id` of all that may be dead, since `failed` is in order of time.
 * A job is put there before it dies, so that it may hold too many but never too few.
 */

/** Most entries of `dead` that one call looks at. */
const DEAD_LOOKED_AT_MAX = 5_000;

/** KEYS failed, dead; ARGV prefix, then id and entry of each: forgets those that are dead. */
const DROP_DEAD = `
  for i = 2, #ARGV, 2 do
    if redis.call('ZREM', KEYS[1], ARGV[i]) == 1 then
      redis.call('DEL', ARGV[1] .. ARGV[i])
      redis.call('ZREM', KEYS[2], ARGV[i + 1])
    end
  end
  return 1
`;

/** KEYS failed, dead, wait, marker; ARGV prefix, then id and entry of each: they wait anew. */
const REVIVE = `
  local revived = 0
  for i = 2, #ARGV, 2 do
    if redis.call('ZREM', KEYS[1], ARGV[i]) == 1 then
      redis.call('HDEL', ARGV[1] .. ARGV[i], 'finishedOn', 'processedOn', 'failedReason',
        'stacktrace', 'atm', 'ats', 'stc')
      redis.call('ZREM', KEYS[2], ARGV[i + 1])
      redis.call('LPUSH', KEYS[3], ARGV[i])
      redis.call('ZADD', KEYS[4], 0, '0')
      revived = revived + 1
    end
  end
  return revived
`;

/**
 * KEYS failed, dead; ARGV prefix, lower bound, limit, most to look at. Answers the last entry
 * that it looked at (empty at the end), then data, reason and time of each dead job.
 */
const DEAD_PAGE = `
  local entries = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[2], '+', 'LIMIT', 0, ARGV[4])
  local found, limit, last = {}, tonumber(ARGV[3]), ''
  for _, entry in ipairs(entries) do
    if #found >= 3 * limit then return {last, unpack(found)} end
    last = entry
    local id = string.sub(entry, string.find(entry, '%z') + 1)
    if redis.call('ZSCORE', KEYS[1], id) then
      local job = redis.call('HMGET', ARGV[1] .. id, 'data', 'failedReason', 'finishedOn')
      for at = 1, 3 do table.insert(found, job[at] or '') end
    elseif redis.call('EXISTS', ARGV[1] .. id) == 0 then
      redis.call('ZREM', KEYS[2], entry)
    end
  end
  if #entries < tonumber(ARGV[4]) then last = '' end
  return {last, unpack(found)}
`;

/**
 * KEYS wait, delayed, active, failed; ARGV prefix, now. Delayed jobs whose time has come count as
 * waiting, though only a worker moves them. Scores of \`delayed\` are milliseconds times 4096.
 */
const COUNT_JOBS = `
  local now = tonumber(ARGV[2])
  local due = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. string.format('%.0f', (now + 1) * 4096))
  local oldest = ''
  if due > 0 then
    oldest = math.floor(tonumber(redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]) / 4096)
  end
  local first = redis.call('LINDEX', KEYS[1], -1)
  if first then
    local job = redis.call('HMGET', ARGV[1] .. first, 'timestamp', 'processedOn', 'data')
    local known, data = pcall(cjson.decode, job[3] or '')
    local since = math.max(tonumber(job[1] or now), tonumber(job[2] or 0),
      tonumber(known and type(data) == 'table' and data.dueMs or 0))
    if oldest == '' or since < oldest then oldest = since end
  end
  return {redis.call('LLEN', KEYS[1]) + due, redis.call('ZCARD', KEYS[2]) - due,
    redis.call('LLEN', KEYS[3]), redis.call('ZCARD', KEYS[4]),
    oldest == '' and '' or string.format('%.0f', oldest)}
`;

const SCRIPTS = [
  ['ledgerlineDropDead', { numberOfKeys: 2, lua: DROP_DEAD }],
  ['ledgerlineRevive', { numberOfKeys: 4, lua: REVIVE }],
  ['ledgerlineDeadPage', { numberOfKeys: 2, lua: DEAD_PAGE }],
  ['ledgerlineCountJobs', { numberOfKeys: 4, lua: COUNT_JOBS }],
] as const;

type Script = (typeof SCRIPTS)[number][0];
type Scripted = Record<Script, (args: readonly (string | number)[]) => Promise<unknown>>;

export function defineScripts(client: Redis): void {
  for (const [name, script] of SCRIPTS) client.defineCommand(name, script);
}

/** Where things of one queue are; `toKey` is BullMQ's. */
export interface QueueKeys {
  readonly client: Redis;
  readonly toKey: (type: string) => string;
}

export interface JobEntry {
  readonly id: string;
  readonly key: string;
}

/** Keys hold no NUL, so that entries sort as their keys do. */
export function deadEntry({ key, id }: JobEntry): string {
  return `${key}\u0000${id}`;
}

export function deadKey({ toKey }: Pick<QueueKeys, 'toKey'>): string {
  return toKey('dead');
}

/** The arguments of the script that forgets dead jobs, for a transaction. */
export function dropDeadCall(
  { toKey }: Pick<QueueKeys, 'toKey'>,
  entries: readonly JobEntry[],
): { readonly name: Script; readonly args: readonly string[] } {
  const keys = [toKey('failed'), toKey('dead'), toKey('')];
  return { name: 'ledgerlineDropDead', args: [...keys, ...entries.flatMap(flat)] };
}

export async function reviveJobs(
  { client, toKey }: QueueKeys,
  entries: readonly JobEntry[],
): Promise<number> {
  const keys = [toKey('failed'), toKey('dead'), toKey('wait'), toKey('marker'), toKey('')];
  return Number(await run(client, 'ledgerlineRevive', [...keys, ...entries.flatMap(flat)]));
}

/** How a job died, as it stands in its `failedReason`. */
export interface Death extends JobFailure {
  readonly attempts: number;
}

export interface DeadRow {
  readonly data: string;
  readonly reason: string;
  readonly diedAtMs: number;
}

export async function readDeadRows(
  { client, toKey }: QueueKeys,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<DeadRow[]> {
  const rows: DeadRow[] = [];
  // Behind every entry of the key: no id begins with a character below this one.
  let from = after === undefined ? '-' : `[${after}\u0001`;
  while (rows.length < limit) {
    const args = [toKey('failed'), toKey('dead'), toKey(''), from, limit - rows.length];
    const answer = await run(client, 'ledgerlineDeadPage', [...args, DEAD_LOOKED_AT_MAX]);
    const [last = '', ...cells] = answer as string[];
    for (let at = 0; at < cells.length; at += 3) {
      const [data = '', reason = '', diedAt] = cells.slice(at, at + 3);
      rows.push({ data, reason, diedAtMs: Number(diedAt) });
    }
    if (last === '') break;
    from = `(${last}`;
  }
  return rows;
}

export interface JobCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly dead: number;
  readonly oldestMs: number | null;
}

export async function countJobs({ client, toKey }: QueueKeys, nowMs: number): Promise<JobCounts> {
  const keys = [toKey('wait'), toKey('delayed'), toKey('active'), toKey('failed'), toKey('')];
  const answer = await run(client, 'ledgerlineCountJobs', [...keys, Math.floor(nowMs)]);
  const [waiting, delayed, active, dead, oldest] = answer as (string | number)[];
  return {
    waiting: Number(waiting),
    delayed: Number(delayed),
    active: Number(active),
    dead: Number(dead),
    oldestMs: oldest === '' ? null : Number(oldest),
  };
}

function flat(entry: JobEntry): [id: string, entry: string] {
  return [entry.id, deadEntry(entry)];
}

function run(client: Redis, name: Script, args: readonly (string | number)[]): Promise<unknown> {
  return (client as unknown as Scripted)[name](args);
}

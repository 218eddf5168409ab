import type { ErrorCode } from '../../domain/errors.ts';
import type { DeadJob, DeadPage, QueueCounts, QueueName } from '../../ports/job-queue.ts';
import { NO_SIGN } from '../../ports/job-rules.ts';
import type { Cell, Database } from './driver.ts';
import type { Claim, Claimed, EndedJob, JobBatch, WrittenBatch } from './job-protocol.ts';

const ADD =
  'insert into job (queue, key, payload, due_ms) values (?, ?, ?, ?) on conflict (queue, key) ' +
  'do update set payload = excluded.payload, due_ms = excluded.due_ms, attempts = 0, ' +
  'code = null, message = null, died_ms = null where died_ms is not null';
const REVIVE =
  'update job set due_ms = ?, attempts = 0, code = null, message = null, died_ms = null ' +
  'where queue = ? and key = ? and died_ms is not null';
const HOLDING = 'where id = ? and lease = ? and attempts = ?';
const DONE = `delete from job ${HOLDING}`;
const AGAIN = `update job set due_ms = ?, lease = null ${HOLDING}`;
const TO_DEAD = 'update job set due_ms = null, lease = null, code = ?, message = ?, died_ms = ?';
const DIED = `${TO_DEAD} ${HOLDING}`;
const RENEW = `update job set due_ms = ? ${HOLDING}`;
/** A lease that ended during the last attempt leaves nothing to try. */
const LAPSED = 'where queue = ? and due_ms <= ? and lease is not null and attempts >= ?';
const EXHAUSTED = `${TO_DEAD} ${LAPSED}`;
const CLAIM =
  'update job set lease = ?, attempts = attempts + 1, due_ms = ? where id in (select id from job ' +
  'where queue = ? and due_ms <= ? order by due_ms, id limit ?) ' +
  'returning id, key, payload, attempts';
const NEXT_DUE = 'select min(due_ms) from job where queue = ? and due_ms is not null';
const COUNTS =
  'select count(*) filter (where lease is null and due_ms <= ?), ' +
  'count(*) filter (where lease is null and due_ms > ?), ' +
  'count(*) filter (where lease is not null), ' +
  'min(due_ms) filter (where lease is null) from job where queue = ? and due_ms is not null';
const DEAD_COUNT = 'select count(*) from job where queue = ? and died_ms is not null';
const DEAD =
  'select key, payload, attempts, code, message, died_ms from job ' +
  'where queue = ? and key > ? and died_ms is not null order by key limit ?';

/** Does all that a batch says, in one transaction; claims come last and see the rest. */
export function writeJobs(database: Database, batch: JobBatch): WrittenBatch {
  if (isIdle(database, batch)) return { revived: [], claimed: batch.claims.map(nothing(database)) };
  database.exec('begin immediate');
  try {
    const written = writeBatch(database, batch);
    database.exec('commit');
    return written;
  } catch (error) {
    if (database.inTransaction()) database.exec('rollback');
    throw error;
  }
}

/** Looking for work that is not there takes no lock from those who have some. */
function isIdle(database: Database, batch: JobBatch): boolean {
  const { adds, ended, renewals, revivals, claims, nowMs } = batch;
  if (adds.length + ended.length + renewals.length + revivals.length > 0) return false;
  return claims.every(({ queue }) => (nextDueMs(database, queue) ?? Infinity) > nowMs);
}

function nothing(database: Database): (claim: Claim) => Claimed {
  return ({ queue }) => ({ jobs: [], nextDueMs: nextDueMs(database, queue) });
}

function writeBatch(database: Database, batch: JobBatch): WrittenBatch {
  const { nowMs } = batch;
  for (const { queue, jobs } of batch.adds) {
    const add = database.prepare(ADD);
    for (const { key, payload, delayMs = 0 } of jobs) add.run(queue, key, payload, nowMs + delayMs);
  }
  for (const ended of batch.ended) writeEnd(database, ended, nowMs);
  for (const { jobs, leaseMs } of batch.renewals) {
    const renew = database.prepare(RENEW);
    for (const held of jobs) renew.run(nowMs + leaseMs, held.id, held.lease, held.attempt);
  }
  const revived = batch.revivals.map(({ queue, keys }) => {
    const revive = database.prepare(REVIVE);
    return keys.reduce((count, key) => count + revive.run(nowMs, queue, key), 0);
  });
  return { revived, claimed: batch.claims.map((claim) => writeClaim(database, claim, nowMs)) };
}

function writeEnd(database: Database, ended: EndedJob, nowMs: number): void {
  const { outcome, id, lease, attempt } = ended;
  const holding = [id, lease, attempt] as const;
  if (outcome === 'done') database.prepare(DONE).run(...holding);
  else if ('dueMs' in outcome) database.prepare(AGAIN).run(outcome.dueMs, ...holding);
  else database.prepare(DIED).run(outcome.code, outcome.message, nowMs, ...holding);
}

function writeClaim(database: Database, claim: Claim, nowMs: number): Claimed {
  const { queue, lease, leaseMs, attemptsMax, limit } = claim;
  const { code, message } = NO_SIGN;
  database.prepare(EXHAUSTED).run(code, message, nowMs, queue, nowMs, attemptsMax);
  const rows = database.prepare(CLAIM).all(lease, nowMs + leaseMs, queue, nowMs, limit);
  const jobs = rows.map(([id, key, payload, attempts]) => ({
    id: Number(id),
    key: String(key),
    payload: String(payload),
    attempt: Number(attempts),
    lease,
  }));
  return { jobs, nextDueMs: nextDueMs(database, queue) };
}

function nextDueMs(database: Database, queue: QueueName): number | null {
  return numberOrNull(database.prepare(NEXT_DUE).all(queue)[0]?.[0]);
}

export function countJobs(database: Database, queue: QueueName, nowMs: number): QueueCounts {
  const [row = []] = database.prepare(COUNTS).all(nowMs, nowMs, queue);
  const [waiting, delayed, active, oldest] = row;
  const oldestMs = numberOrNull(oldest);
  return {
    waiting: Number(waiting),
    delayed: Number(delayed),
    active: Number(active),
    dead: Number(database.prepare(DEAD_COUNT).all(queue)[0]?.[0]),
    oldestWaitingMs: oldestMs === null || oldestMs > nowMs ? null : nowMs - oldestMs,
  };
}

export function readDead(database: Database, queue: QueueName, page: DeadPage): DeadJob[] {
  const rows = database.prepare(DEAD).all(queue, page.after ?? '', page.limit);
  return rows.map(([key, payload, attempts, code, message, diedMs]) => ({
    key: String(key),
    payload: String(payload),
    attempts: Number(attempts),
    code: String(code) as ErrorCode,
    message: String(message),
    diedAtMs: Number(diedMs),
  }));
}

function numberOrNull(cell: Cell | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}

import { DomainError, type ErrorCode, invalidInput, isDomainError } from '../domain/errors.ts';
import { checkText } from '../domain/values/text.ts';
import {
  type DeadPage,
  JOB_ATTEMPTS_MAX,
  JOB_CONCURRENCY_MAX,
  JOB_DELAY_MS_MAX,
  JOB_KEY_BYTES_MAX,
  JOB_LEASE_MS_MIN,
  JOB_MESSAGE_LENGTH_MAX,
  JOB_PAGE_MAX,
  JOB_PAYLOAD_BYTES_MAX,
  JOBS_PER_ADD_MAX,
  type NewJob,
  QUEUES,
  type QueueName,
  type WorkOptions,
} from './job-queue.ts';

/** What every job queue refuses and how it takes failures, so that all of them do the same. */

/** Codes of failures that may pass by themselves. */
const PASSING: readonly ErrorCode[] = ['UNAVAILABLE', 'BACKPRESSURE', 'INTERNAL'];

export interface JobFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is said of a job whose worker gave no sign in each of its attempts. */
export const NO_SIGN: JobFailure = {
  code: 'INTERNAL',
  message: 'the worker gave no sign during the last attempt that there was',
};

export function failureOf(error: unknown): JobFailure {
  if (!isDomainError(error)) {
    return { code: 'INTERNAL', message: 'an unexpected failure; the log has its cause' };
  }
  const text = error.message.replaceAll('\u0000', '\uFFFD').slice(0, JOB_MESSAGE_LENGTH_MAX);
  return { code: error.code, message: Buffer.from(text).toString() };
}

export function mayPass({ code }: JobFailure): boolean {
  return PASSING.includes(code);
}

/** How long a job waits after its nth attempt. */
export function backoffMsAfter(attempt: number, options: WorkOptions): number {
  return Math.min(options.backoffMs * 2 ** (attempt - 1), options.backoffMsMax);
}

export function checkQueue(queue: QueueName): void {
  if (!QUEUES.includes(queue)) throw invalidInput(`there is no queue ${JSON.stringify(queue)}`);
}

export function checkJobs(jobs: readonly NewJob[]): void {
  checkCount(jobs.length, JOBS_PER_ADD_MAX, 'jobs are added');
  for (const { key, payload, delayMs = 0 } of jobs) {
    checkKey(key);
    checkSize(payload, JOB_PAYLOAD_BYTES_MAX, 'the payload of a job');
    checkText(payload, 'the payload of a job');
    checkWhole(delayMs, { name: 'delay of a job in ms', min: 0, max: JOB_DELAY_MS_MAX });
  }
}

export function checkKeys(keys: readonly string[]): void {
  checkCount(keys.length, JOB_PAGE_MAX, 'keys are taken');
  for (const key of keys) checkKey(key);
}

export function checkDeadPage({ after, limit }: DeadPage): void {
  if (after !== undefined) checkKey(after);
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalidInput(`no page of ${limit} jobs`);
  checkCount(limit, JOB_PAGE_MAX, 'dead jobs are listed');
}

export function checkWork(options: WorkOptions): void {
  const { concurrency, attemptsMax, backoffMs, backoffMsMax, leaseMs } = options;
  checkWhole(concurrency, { name: 'concurrency', min: 1, max: JOB_CONCURRENCY_MAX });
  checkWhole(attemptsMax, { name: 'number of attempts', min: 1, max: JOB_ATTEMPTS_MAX });
  checkWhole(backoffMs, { name: 'wait in ms', min: 0, max: JOB_DELAY_MS_MAX });
  checkWhole(backoffMsMax, { name: 'longest wait in ms', min: backoffMs, max: JOB_DELAY_MS_MAX });
  checkWhole(leaseMs, { name: 'lease in ms', min: JOB_LEASE_MS_MIN, max: JOB_DELAY_MS_MAX });
}

function checkKey(key: string): void {
  if (key === '') throw invalidInput('the key of a job is empty');
  checkSize(key, JOB_KEY_BYTES_MAX, 'the key of a job');
  checkText(key, 'the key of a job');
}

function checkSize(text: string, bytesMax: number, what: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= bytesMax) return;
  throw new DomainError('LIMIT_EXCEEDED', `${what} has ${bytes} bytes, at most ${bytesMax} fit`, {
    details: { bytes, bytesMax },
  });
}

function checkCount(count: number, max: number, what: string): void {
  if (count <= max) return;
  throw new DomainError('LIMIT_EXCEEDED', `at most ${max} ${what} at once, not ${count}`, {
    details: { count, max },
  });
}

interface Range {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

function checkWhole(value: number, { name, min, max }: Range): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw invalidInput(`the ${name} is ${value}, not a whole number from ${min} to ${max}`);
}

import { expect, test } from 'vitest';
import {
  JOB_DELAY_MS_MAX,
  JOB_KEY_BYTES_MAX,
  JOB_PAGE_MAX,
  JOB_PAYLOAD_BYTES_MAX,
  JOBS_PER_ADD_MAX,
  type NewJob,
  type QueueName,
  type WorkOptions,
} from '../../../src/ports/job-queue.ts';
import { Handler, type JobStore, job, OPTIONS, opened } from './opened-queues.ts';

const INVALID: ReadonlyArray<readonly [what: string, bad: NewJob]> = [
  ['no key', job('')],
  ['NUL in a key', job('a\u0000b')],
  ['half of a pair in a key', job('\ud83d')],
  ['NUL in a payload', job('k', '\u0000')],
  ['half of a pair in a payload', job('k', '\udc00')],
  ['a delay below nought', { ...job('k'), delayMs: -1 }],
  ['half a millisecond', { ...job('k'), delayMs: 0.5 }],
  ['no number', { ...job('k'), delayMs: Number.NaN }],
  ['an endless delay', { ...job('k'), delayMs: JOB_DELAY_MS_MAX + 1 }],
];

const TOO_LARGE: ReadonlyArray<readonly [what: string, bad: NewJob]> = [
  ['key', job('ä'.repeat(JOB_KEY_BYTES_MAX / 2 + 1))],
  ['payload', job('k', 'ä'.repeat(JOB_PAYLOAD_BYTES_MAX / 2 + 1))],
];

const BAD_OPTIONS: ReadonlyArray<Partial<WorkOptions>> = [
  { concurrency: 0 },
  { concurrency: 1.5 },
  { concurrency: 1_000_000 },
  { attemptsMax: 0 },
  { backoffMs: -1 },
  { backoffMs: 200, backoffMsMax: 100 },
  { leaseMs: 10 },
  { leaseMs: Number.POSITIVE_INFINITY },
];

export function describeRefusals(make: () => Promise<JobStore>): void {
  test('bad jobs are refused, and none of their call is added', async () => {
    const queue = await opened(await make());
    for (const [what, bad] of INVALID) {
      const adding = queue.add('openlineage', [job('good'), bad]);
      await expect(adding, what).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    for (const [what, bad] of TOO_LARGE) {
      const adding = queue.add('openlineage', [job('good'), bad]);
      await expect(adding, what).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    }
    const many = Array.from({ length: JOBS_PER_ADD_MAX + 1 }, (_, n) => job(`${n}`));
    const limit = { code: 'LIMIT_EXCEEDED' };
    await expect(queue.add('openlineage', many)).rejects.toMatchObject(limit);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 0, delayed: 0 });
  });

  test('keys and payloads fit up to their limits', async () => {
    const queue = await opened(await make());
    const longest = job('ä'.repeat(JOB_KEY_BYTES_MAX / 2), 'p'.repeat(JOB_PAYLOAD_BYTES_MAX));
    await queue.add('openlineage', [longest]);
    const handler = new Handler();
    const working = queue.work('openlineage', handler.handle, OPTIONS);
    await expect.poll(() => handler.seen.length).toBe(1);
    await working.drain();
    expect(handler.seen).toEqual([{ ...longest, attempt: 1 }]);
  });

  test('unknown queues, bad pages, keys and options are refused', async () => {
    const queue = await opened(await make());
    const unknown = 'nothing' as QueueName;
    const invalid = { code: 'INVALID_INPUT' };
    const large = { code: 'LIMIT_EXCEEDED' };
    await expect(queue.add(unknown, [job('k')])).rejects.toMatchObject(invalid);
    await expect(queue.counts(unknown)).rejects.toMatchObject(invalid);
    await expect(queue.dead(unknown, { limit: 1 })).rejects.toMatchObject(invalid);
    await expect(queue.dead('consumer', { limit: 0 })).rejects.toMatchObject(invalid);
    await expect(queue.dead('consumer', { limit: 1.5 })).rejects.toMatchObject(invalid);
    const page = { limit: JOB_PAGE_MAX + 1 };
    await expect(queue.dead('consumer', page)).rejects.toMatchObject(large);
    const after = { after: 'a\u0000', limit: 1 };
    await expect(queue.dead('consumer', after)).rejects.toMatchObject(invalid);
    await expect(queue.revive('consumer', [''])).rejects.toMatchObject(invalid);
    const keys = Array.from({ length: JOB_PAGE_MAX + 1 }, (_, n) => `${n}`);
    await expect(queue.revive('consumer', keys)).rejects.toMatchObject(large);
    const { handle } = new Handler();
    for (const bad of BAD_OPTIONS) {
      const work = () => queue.work('consumer', handle, { ...OPTIONS, ...bad });
      expect(work, JSON.stringify(bad)).toThrow(expect.objectContaining(invalid));
    }
    expect(() => queue.work(unknown, handle, OPTIONS)).toThrow(expect.objectContaining(invalid));
  });
}

import { expect, test } from 'vitest';
import { DomainError, type ErrorCode } from '../../../src/domain/errors.ts';
import {
  type DeadJob,
  JOB_MESSAGE_LENGTH_MAX,
  type JobQueue,
} from '../../../src/ports/job-queue.ts';
import { Handler, type JobStore, job, OPTIONS, opened, until } from './opened-queues.ts';

/** Lets all that was added die of INVALID_EVENT. */
async function die(queue: JobQueue, keys: readonly string[]): Promise<void> {
  const { dead } = await queue.counts('openlineage');
  await queue.add(
    'openlineage',
    keys.map((key) => job(key)),
  );
  const handler = new Handler(({ key }) => {
    throw new DomainError('INVALID_EVENT', `no: ${key}`);
  });
  const working = queue.work('openlineage', handler.handle, OPTIONS);
  await until(async () => (await queue.counts('openlineage')).dead === dead + keys.length);
  await working.drain();
}

export function describeDeadJobs(make: () => Promise<JobStore>): void {
  test('a failure that no retry mends kills at once, with code and message', async () => {
    const queue = await opened(await make());
    const before = Date.now() - 1_000;
    await die(queue, ['k']);
    const [dead] = await queue.dead('openlineage', { limit: 10 });
    const told = { code: 'INVALID_EVENT', message: 'no: k', attempts: 1 };
    expect(dead).toMatchObject({ key: 'k', payload: 'payload of k', ...told });
    expect(dead?.diedAtMs).toBeGreaterThan(before);
    expect(dead?.diedAtMs).toBeLessThan(Date.now() + 1_000);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 0, active: 0, dead: 1 });
    expect(await queue.dead('consumer', { limit: 10 })).toEqual([]);
  });

  test('failures that may pass kill when the attempts run out', async () => {
    const queue = await opened(await make());
    const failures: Record<string, Error> = {
      a: new DomainError('UNAVAILABLE', 'away'),
      b: new DomainError('BACKPRESSURE', 'too much'),
      c: new DomainError('INTERNAL', 'broken'),
      d: new TypeError('a secret'),
    };
    await queue.add(
      'openlineage',
      Object.keys(failures).map((key) => job(key)),
    );
    const handler = new Handler(({ key }) => {
      throw failures[key];
    });
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(async () => (await queue.counts('openlineage')).dead === 4);
    expect(handler.seen).toHaveLength(4 * OPTIONS.attemptsMax);
    const dead = await queue.dead('openlineage', { limit: 10 });
    expect(dead.map(({ key, code, attempts }) => [key, code, attempts])).toEqual([
      ['a', 'UNAVAILABLE', 3],
      ['b', 'BACKPRESSURE', 3],
      ['c', 'INTERNAL', 3],
      ['d', 'INTERNAL', 3],
    ]);
    expect(dead[2]?.message).toBe('broken');
    expect(dead[3]?.message).not.toContain('secret');
  });

  test('every other code kills at the first attempt', async () => {
    const queue = await opened(await make());
    const codes: ErrorCode[] = [
      'INVALID_INPUT',
      'NOT_FOUND',
      'CONFLICT',
      'FORBIDDEN',
      'GATE_CLOSED',
    ];
    await queue.add(
      'openlineage',
      codes.map((code) => job(code)),
    );
    const handler = new Handler(({ key }) => {
      throw new DomainError(key as ErrorCode, 'so');
    });
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(async () => (await queue.counts('openlineage')).dead === codes.length);
    const dead = await queue.dead('openlineage', { limit: 10 });
    expect(dead.map(({ code }) => code)).toEqual([...codes].sort());
    expect(handler.seen).toHaveLength(codes.length);
  });

  test('a message is kept as a text that every store takes', async () => {
    const queue = await opened(await make());
    await queue.add('openlineage', [job('long'), job('odd')]);
    const handler = new Handler(({ key }) => {
      const odd = 'NUL \u0000, half \ud83d, "quoted": ä 😀\n';
      throw new DomainError('INVALID_EVENT', key === 'odd' ? odd : '😀'.repeat(2_000));
    });
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(async () => (await queue.counts('openlineage')).dead === 2);
    const [long, odd] = await queue.dead('openlineage', { limit: 10 });
    expect(long?.message).toBe('😀'.repeat(JOB_MESSAGE_LENGTH_MAX / 2));
    expect(odd?.message).toBe('NUL \ufffd, half \ufffd, "quoted": ä 😀\n');
  });

  test('pages follow the bytes of keys, and miss none', async () => {
    const queue = await opened(await make());
    const keys = ['a', 'B', 'a:1', 'a\u0001', 'aa', 'é', 'z', '東', '😀', '\uffee', '10', '9', 'b'];
    await die(queue, keys);
    const sorted = [...keys].sort((one, other) =>
      Buffer.compare(Buffer.from(one), Buffer.from(other)),
    );
    const listed: DeadJob[] = [];
    for (;;) {
      const page = await queue.dead('openlineage', { after: listed.at(-1)?.key, limit: 4 });
      listed.push(...page);
      if (page.length < 4) break;
    }
    expect(listed.map(({ key }) => key)).toEqual(sorted);
    for (const { key, message } of listed) expect(message).toBe(`no: ${key}`);
    const behind = await queue.dead('openlineage', { after: 'aZ', limit: 1 });
    expect(behind.map(({ key }) => key)).toEqual(['aa']);
  });

  test('revived jobs are tried anew, others are not counted', async () => {
    const queue = await opened(await make());
    await die(queue, ['a', 'b', 'c']);
    await queue.add('consumer', [job('a')]);
    expect(await queue.revive('openlineage', ['a', 'never was', 'c'])).toBe(2);
    expect(await queue.revive('openlineage', ['a', 'c'])).toBe(0);
    expect(await queue.revive('openlineage', [])).toBe(0);
    expect(await queue.counts('openlineage')).toMatchObject({ waiting: 2, dead: 1 });
    expect((await queue.dead('openlineage', { limit: 10 })).map(({ key }) => key)).toEqual(['b']);
    const handler = new Handler(({ attempt }) => {
      if (attempt === 1) throw new Error('once more');
    });
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === 4);
    await until(async () => (await queue.counts('openlineage')).active === 0);
    expect(handler.seen.map(({ attempt }) => attempt).sort()).toEqual([1, 1, 2, 2]);
    expect(handler.seen.find(({ key }) => key === 'a')?.payload).toBe('payload of a');
    const left = { waiting: 0, delayed: 0, dead: 1 };
    await until(async () => (await queue.counts('openlineage')).delayed === 0);
    expect(await queue.counts('openlineage')).toMatchObject(left);
    expect((await queue.dead('openlineage', { limit: 10 })).map(({ key }) => key)).toEqual(['b']);
  });

  test('adding a dead key lets it wait anew, with the new payload', async () => {
    const queue = await opened(await make());
    await die(queue, ['a', 'b']);
    await queue.add('openlineage', [job('a', 'anew'), job('new')]);
    await queue.add('openlineage', [{ ...job('b', 'later'), delayMs: 60_000 }]);
    const counts = { waiting: 2, delayed: 1, dead: 0 };
    expect(await queue.counts('openlineage')).toMatchObject(counts);
    expect(await queue.dead('openlineage', { limit: 10 })).toEqual([]);
    const handler = new Handler();
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(() => handler.seen.length === 2);
    const again = { key: 'a', payload: 'anew', attempt: 1 };
    expect(handler.seen.find(({ key }) => key === 'a')).toEqual(again);
  });

  test('a job can die, be revived and die again', async () => {
    const queue = await opened(await make());
    await die(queue, ['k']);
    await queue.revive('openlineage', ['k']);
    const handler = new Handler(() => {
      throw new DomainError('FORBIDDEN', 'another reason');
    });
    queue.work('openlineage', handler.handle, OPTIONS);
    await until(async () => (await queue.counts('openlineage')).dead === 1);
    const told = [{ key: 'k', code: 'FORBIDDEN', message: 'another reason', attempts: 1 }];
    expect(await queue.dead('openlineage', { limit: 10 })).toMatchObject(told);
  });
}

import { describe, expect, test } from 'vitest';
import { ACCESS_PAGE_ENTRIES_MAX } from '../../../src/ports/access-log.ts';
import {
  ALL,
  ANNA,
  actorOf,
  BEN,
  DAY_MS,
  everyPage,
  HOUR_MS,
  noteOf,
  type OpenAccessLog,
  openNoted,
  timeOf,
} from './access-notes.ts';
import { describeQueries } from './queries.ts';

/** More different notes than any log keeps waiting. */
const MANY = 25_000;

/** What every access log promises. */
export function describeAccessLog(name: string, open: OpenAccessLog): void {
  describe(`access log: ${name}`, () => {
    describeEntries(open);
    describeNoting(open);
    describeKeeping(open);
    describeQueries(open);
  });
}

function describeEntries(open: OpenAccessLog): void {
  test('a note is an entry at once, and after a restart', async () => {
    const { accessLog, reopen } = await openNoted(open);
    expect(await accessLog.list(ALL)).toEqual([]);
    accessLog.note(noteOf({ how: 'BYTES', door: 'WANDB', project: null }));
    const entry = {
      ...noteOf({ how: 'BYTES', door: 'WANDB', project: null }),
      id: expect.any(String),
      ...{ firstAt: timeOf(0), lastAt: timeOf(0), count: 1 },
    };
    expect(await accessLog.list(ALL)).toEqual([entry]);
    accessLog.note(noteOf({ actor: BEN }));
    await accessLog.close();
    const later = await reopen();
    expect(await later.list(ALL)).toHaveLength(2);
    expect(await later.list(ALL)).toContainEqual(entry);
    await later.close();
  });

  test('equal notes of an hour are one entry, written before or not', async () => {
    const { accessLog, clock } = await openNoted(open);
    accessLog.note(noteOf());
    clock.advance(1_000);
    accessLog.note(noteOf());
    expect(await accessLog.list(ALL)).toMatchObject([{ count: 2 }]);
    clock.advance(HOUR_MS - 1_001);
    accessLog.note(noteOf());
    expect(await accessLog.list(ALL)).toMatchObject([
      { firstAt: timeOf(0), lastAt: timeOf(HOUR_MS - 1), count: 3 },
    ]);
    clock.advance(1);
    accessLog.note(noteOf());
    expect(await accessLog.list(ALL)).toMatchObject([
      { firstAt: timeOf(HOUR_MS), lastAt: timeOf(HOUR_MS), count: 1 },
      { firstAt: timeOf(0), count: 3 },
    ]);
    await accessLog.close();
  });

  test('notes that differ in anything are entries of their own', async () => {
    const { accessLog } = await openNoted(open);
    const notes = [
      noteOf(),
      noteOf({ actor: BEN }),
      noteOf({ via: 'key-2' }),
      noteOf({ subject: 'mdv_b' }),
      noteOf({ how: 'BYTES' }),
      noteOf({ door: 'WANDB' }),
    ];
    for (const note of [...notes, ...notes]) accessLog.note(note);
    const entries = await accessLog.list(ALL);
    expect(entries.map(({ count }) => count)).toEqual(notes.map(() => 2));
    for (const note of notes) expect(entries).toContainEqual(expect.objectContaining(note));
    await accessLog.close();
  });

  test('a clock that goes back takes no entry back', async () => {
    const { accessLog, clock } = await openNoted(open);
    clock.advance(60_000);
    accessLog.note(noteOf());
    await accessLog.list(ALL);
    clock.advance(-30_000);
    accessLog.note(noteOf());
    const times = { firstAt: timeOf(60_000), lastAt: timeOf(60_000), count: 2 };
    expect(await accessLog.list(ALL)).toMatchObject([times]);
    await accessLog.close();
  });
}

function describeNoting(open: OpenAccessLog): void {
  test('more notes than can wait cost the oldest, which is told once', async () => {
    const { accessLog, told } = await openNoted(open);
    for (let at = 0; at < MANY; at += 1) accessLog.note(noteOf({ actor: actorOf(at) }));
    const actors = (await everyPage(accessLog, ALL)).map(({ actor }) => actor).sort();
    expect(actors.length).toBeGreaterThan(0);
    expect(actors.length).toBeLessThan(MANY);
    expect(actors.at(-1)).toBe(actorOf(MANY - 1));
    expect(actors[0]).toBe(actorOf(MANY - actors.length));
    await accessLog.list(ALL);
    await accessLog.close();
    expect(told).toEqual([[expect.stringContaining('lost'), { notes: MANY - actors.length }]]);
  });

  test('equal notes take one place, however many they are', async () => {
    const { accessLog, told } = await openNoted(open);
    for (let at = 0; at < MANY; at += 1) accessLog.note(noteOf());
    expect(await accessLog.list(ALL)).toMatchObject([{ count: MANY }]);
    await accessLog.close();
    expect(told).toEqual([]);
  });

  test('a note after the end is no failure, a question is', async () => {
    const { accessLog } = await openNoted(open);
    await accessLog.close();
    await accessLog.close();
    expect(() => accessLog.note(noteOf())).not.toThrow();
    await expect(accessLog.list(ALL)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
}

function describeKeeping(open: OpenAccessLog): void {
  test('what is older than the days that it is kept is gone after a start', async () => {
    const { accessLog, clock, reopen } = await openNoted(open, 3);
    accessLog.note(noteOf());
    clock.advance(DAY_MS);
    accessLog.note(noteOf({ actor: BEN }));
    await accessLog.close();
    clock.advance(2 * DAY_MS + 1);
    const later = await reopen();
    expect((await later.list(ALL)).map(({ actor }) => actor)).toEqual([BEN]);
    await later.close();
  });

  test('400 days are kept when nothing else is said', async () => {
    const { accessLog, clock, reopen } = await openNoted(open);
    accessLog.note(noteOf());
    await accessLog.close();
    clock.advance(400 * DAY_MS);
    const later = await reopen();
    expect((await later.list(ALL)).map(({ actor }) => actor)).toEqual([ANNA]);
    await later.close();
    clock.advance(1);
    const last = await reopen();
    expect(await last.list(ALL)).toEqual([]);
    await last.close();
  });

  test('an end right after a start is quiet, and cuts no look for old notes off', async () => {
    const { accessLog, clock, told, reopen } = await openNoted(open, 3);
    accessLog.note(noteOf());
    await accessLog.close();
    clock.advance(3 * DAY_MS + 1);
    await (await reopen()).close();
    expect(told).toEqual([]);
    clock.advance(-DAY_MS);
    const later = await reopen();
    expect(await later.list(ALL)).toEqual([]);
    await later.close();
  });

  test('a page has a limit', async () => {
    const { accessLog } = await openNoted(open);
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      const refusal = { code: 'INVALID_INPUT' };
      await expect(accessLog.list({ ...ALL, limit })).rejects.toMatchObject(refusal);
    }
    const limit = ACCESS_PAGE_ENTRIES_MAX + 1;
    const refusal = { code: 'LIMIT_EXCEEDED' };
    await expect(accessLog.list({ ...ALL, limit })).rejects.toMatchObject(refusal);
    const after = { firstAt: 7, id: {} } as never;
    await expect(accessLog.list({ ...ALL, after })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await accessLog.close();
  });
}

import { expect, test } from 'vitest';
import { AccessBuffer, type PackedReadings, READING_CELLS } from './access-buffer.ts';
import type { AccessNote } from './access-log.ts';

const HOUR_MS = 3_600_000;
const START_MS = 497_000 * HOUR_MS;

function noteOf(subject: string, actor = 1): AccessNote {
  const door = 'GRAPHQL';
  return { actor: `act:${actor}`, via: 'key', subject, project: null, how: 'RECORD', door };
}

/** Who read what and how often, in order. */
function told({ readers, cells }: PackedReadings): string[] {
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += READING_CELLS) {
    const [place, subject, , , , count] = cells.slice(at, at + READING_CELLS);
    lines.push(`${readers[Number(place)]?.actor} ${subject} ${count}`);
  }
  return lines;
}

test('the oldest are taken first, equal ones as one', () => {
  const buffer = new AccessBuffer(10);
  for (const subject of ['a', 'b', 'a', 'c']) buffer.add(noteOf(subject), START_MS);
  buffer.add(noteOf('a', 2), START_MS);
  expect(buffer.size).toBe(4);
  expect(told(buffer.take(2))).toEqual(['act:1 a 2', 'act:1 b 1']);
  buffer.written();
  expect(told(buffer.take(9))).toEqual(['act:1 c 1', 'act:2 a 1']);
  buffer.written();
  expect([buffer.size, told(buffer.take(9))]).toEqual([0, []]);
});

test('times are the first and the latest, and an hour ends', () => {
  const buffer = new AccessBuffer(10);
  for (const ms of [5, 9, 7, HOUR_MS]) buffer.add(noteOf('a'), START_MS + ms);
  const { readers, cells } = buffer.take(9);
  expect(readers.map(({ hour }) => hour)).toEqual([497_000, 497_001]);
  expect(cells).toEqual([
    ...[0, 'a', null, START_MS + 5, START_MS + 9, 3],
    ...[1, 'a', null, START_MS + HOUR_MS, START_MS + HOUR_MS, 1],
  ]);
});

test('what comes while equal notes are under way is kept for the next time', () => {
  const buffer = new AccessBuffer(10);
  for (const subject of ['a', 'b', 'c']) buffer.add(noteOf(subject), START_MS);
  expect(told(buffer.take(2))).toEqual(['act:1 a 1', 'act:1 b 1']);
  for (const subject of ['b', 'b', 'd']) buffer.add(noteOf(subject), START_MS);
  buffer.written();
  expect(told(buffer.take(9))).toEqual(['act:1 c 1', 'act:1 d 1', 'act:1 b 2']);
});

test('what could not be written goes first again, with what came meanwhile', () => {
  const buffer = new AccessBuffer(10);
  for (const subject of ['a', 'b', 'c']) buffer.add(noteOf(subject), START_MS);
  buffer.take(2);
  for (const subject of ['b', 'd']) buffer.add(noteOf(subject), START_MS);
  buffer.putBack();
  expect(buffer.size).toBe(4);
  expect(told(buffer.take(9))).toEqual(['act:1 a 1', 'act:1 b 2', 'act:1 c 1', 'act:1 d 1']);
});

test('when too many wait the oldest that are not under way are lost and counted', () => {
  const buffer = new AccessBuffer(4);
  for (const subject of ['a', 'b', 'b', 'c']) buffer.add(noteOf(subject), START_MS);
  buffer.take(1);
  for (const subject of ['d', 'e', 'f']) buffer.add(noteOf(subject), START_MS);
  expect([buffer.size, buffer.takeLost(), buffer.takeLost()]).toEqual([4, 3, 0]);
  buffer.putBack();
  expect(told(buffer.take(9))).toEqual(['act:1 a 1', 'act:1 d 1', 'act:1 e 1', 'act:1 f 1']);
  buffer.written();
  buffer.add(noteOf('b'), START_MS);
  expect(told(buffer.take(9))).toEqual(['act:1 b 1']);
});

test('holds what a plain list would, whatever happens in which order', () => {
  const seed = 20_261_124;
  let state = seed;
  const chance = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const buffer = new AccessBuffer(1_000);
  const noted = new Map<string, number>();
  const written = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string, more: number) =>
    counts.set(key, (counts.get(key) ?? 0) + more);
  const write = (entriesMax: number) => {
    const lines = told(buffer.take(entriesMax));
    for (let notes = chance(20); notes > 0; notes -= 1) note();
    if (chance(3) === 0) return buffer.putBack();
    buffer.written();
    for (const line of lines) {
      const [actor, subject, times] = line.split(' ');
      count(written, `${actor} ${subject}`, Number(times));
    }
  };
  const note = () => {
    const [subject, actor] = [`s${chance(40)}`, chance(5)];
    buffer.add(noteOf(subject, actor), START_MS);
    count(noted, `act:${actor} ${subject}`, 1);
  };
  for (let step = 0; step < 5_000; step += 1) chance(10) === 0 ? write(1 + chance(30)) : note();
  while (buffer.size > 0) write(1_000);
  expect({ seed, written }).toEqual({ seed, written: noted });
});

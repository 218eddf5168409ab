import { expect, test } from 'vitest';
import { SettableClock } from '../../../test/support/settable-clock.ts';
import type { OperationalStore } from '../../ports/operational-store.ts';
import { KEY_USE_WRITTEN_MS, noteKeyUse } from './key-use.ts';

function hubWith(put: () => Promise<void>) {
  const clock = new SettableClock(Date.parse('2026-01-01T00:00:00Z'));
  const lines: string[] = [];
  const take = (_fields: object, message: string) => {
    lines.push(message);
  };
  const log = { info: take, warn: take, error: take };
  return { hub: { operational: { put } as unknown as OperationalStore, clock, log }, clock, lines };
}

test('a use is written once a minute for each key', () => {
  let written = 0;
  const { hub, clock } = hubWith(async () => {
    written += 1;
  });
  for (let at = 0; at < 100; at += 1) noteKeyUse('key:1', hub);
  noteKeyUse('key:2', hub);
  expect(written).toBe(2);
  clock.advance(KEY_USE_WRITTEN_MS - 1);
  noteKeyUse('key:1', hub);
  expect(written).toBe(2);
  clock.advance(1);
  noteKeyUse('key:1', hub);
  expect(written).toBe(3);
});

test('a store that cannot write does not fail the request', async () => {
  const { hub, lines } = hubWith(() => Promise.reject(new Error('the disk is full')));
  noteKeyUse('key:1', hub);
  await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toEqual(['the use of an API key was not kept']);
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/domain/digest.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import {
  type NewRawEvent,
  RAW_EVENT_BYTES_MAX,
  RAW_EVENTS_PAGE_MAX,
  RAW_RECEIVED_SLACK_MS,
  type RawEvents,
} from '../../../src/ports/raw-events.ts';
import { SettableClock } from '../../support/settable-clock.ts';
import { allRefs } from './all-refs.ts';
import { rawEvent } from './raw-event.ts';

const START_MS = Date.parse('2026-11-24T08:00:00Z');
const DAY_MS = 24 * 60 * 60_000;

export interface RawEventsSetup {
  /** Opens the store of one test, again and beside itself. */
  readonly open: (clock: SettableClock) => Promise<RawEvents>;
}

/** What the port promises, for every adapter. */
export function describeRawEvents(name: string, setup: () => Promise<RawEventsSetup>): void {
  describe(`raw events: ${name}`, () => {
    const clock = new SettableClock(START_MS);
    let open: RawEventsSetup['open'];
    let raw: RawEvents;

    beforeEach(async () => {
      clock.set(START_MS);
      ({ open } = await setup());
      raw = await open(clock);
    });
    afterEach(() => raw.close());

    const event = (text: string) =>
      rawEvent({ bytes: Buffer.from(text), receivedAt: instantFromMs(clock.nowMs()) });
    const keep = async (text: string) => (await raw.keep([event(text)]))[0] as string;
    const texts = async (refs: Iterable<string>) =>
      Promise.all([...refs].map(async (ref) => textOf(await raw.read(ref))));

    test('gives back what was kept, with everything that is known of it', async () => {
      const kept: NewRawEvent[] = [
        event('{"a":1}'),
        rawEvent({ bytes: new Uint8Array(0), receivedAt: instantFromMs(START_MS) }),
        rawEvent({ bytes: Buffer.alloc(300_000, 7), receivedAt: instantFromMs(START_MS) }),
      ];
      const refs = await raw.keep(kept);
      expect(new Set(refs).size).toBe(3);
      for (const [place, ref] of refs.entries()) {
        const found = await raw.read(ref);
        const { bytes, ...origin } = kept[place]!;
        expect(found).toMatchObject({ ...origin, ref });
        expect(Buffer.from(found!.bytes).equals(bytes)).toBe(true);
      }
    });

    test('keeps what many send at once, each with its own ref', async () => {
      const refs = await Promise.all(Array.from({ length: 300 }, (_, n) => keep(`event ${n}`)));
      expect(await texts(refs)).toEqual(refs.map((_, n) => `event ${n}`));
    });

    test('is the same after it was opened again, and beside another process', async () => {
      const refs = [await keep('first')];
      const other = await open(clock);
      const [beside] = await other.keep([event('beside')]);
      refs.push(beside as string, await keep('third'));
      expect(await texts(refs)).toEqual(['first', 'beside', 'third']);
      await other.close();
      await raw.close();
      raw = await open(clock);
      expect(await texts(refs)).toEqual(['first', 'beside', 'third']);
      expect([...(await allRefs(raw))].sort()).toEqual([...refs].sort());
    });

    test('pages in one order, each event once, without their bytes', async () => {
      const refs: string[] = [];
      for (let n = 0; n < 20; n += 1) refs.push(await keep(`event ${n}`));
      for (const limit of [1, 3, 20, 21])
        expect([...(await allRefs(raw, { limit }))]).toEqual(refs);
      const [first] = await raw.list({ limit: 1 });
      const { bytes: _, ...origin } = event('event 0');
      expect(first).toEqual({ ...origin, ref: refs[0] });
    });

    test('lists by the time of receiving, whatever else was kept before and behind', async () => {
      const [early, inside, late] = [await keep('early'), [] as string[], [] as string[]];
      for (const [minutes, into] of [
        [5, inside],
        [9, inside],
        [25, inside],
        [40, late],
      ] as const) {
        clock.set(START_MS + minutes * 60_000);
        into.push(await keep(`after ${minutes}`));
      }
      const since = instantFromMs(START_MS + 60_000);
      const before = instantFromMs(START_MS + 40 * 60_000);
      expect([...(await allRefs(raw, { since, before, limit: 1 }))]).toEqual(inside);
      expect([...(await allRefs(raw, { before }))]).toEqual([early, ...inside]);
      expect([...(await allRefs(raw, { since: before }))]).toEqual(late);
    });

    test('loses nothing when the clock goes back', async () => {
      const before = await keep('before');
      clock.advance(-60_000);
      const after = await keep('after');
      expect([...(await allRefs(raw))].sort()).toEqual([before, after].sort());
    });

    test('removes only groups that are over, and answers null for what was in them', async () => {
      const old = await keep('old');
      clock.advance(DAY_MS);
      const young = await keep('young');
      expect(await raw.removeBefore(instantFromMs(START_MS))).toBe(0);
      expect(await raw.removeBefore(instantFromMs(START_MS + 1))).toBe(1);
      expect(await raw.read(old)).toBeNull();
      expect(await texts([young])).toEqual(['young']);
      expect(await raw.removeBefore(instantFromMs(START_MS + 1))).toBe(0);
      expect([...(await allRefs(raw))]).toEqual([young]);
    });

    test('removes nothing that another process may still add to', async () => {
      const other = await open(clock);
      const [ref] = await other.keep([event('of the other')]);
      clock.advance(1_000);
      expect(await raw.removeBefore(instantFromMs(clock.nowMs()))).toBe(0);
      const [next] = await other.keep([event('next')]);
      expect(await texts([ref as string, next as string])).toEqual(['of the other', 'next']);
      await other.close();
    });

    test('refuses what it cannot keep, and keeps nothing of that call', async () => {
      const large = rawEvent({ bytes: Buffer.alloc(RAW_EVENT_BYTES_MAX + 1) });
      const long = rawEvent({ receivedAt: instantFromMs(START_MS + RAW_RECEIVED_SLACK_MS + 1) });
      const many = Array.from({ length: RAW_EVENTS_PAGE_MAX + 1 }, () => event('one of many'));
      const odd = { ...event('odd'), digest: 'sha256:no' as NewRawEvent['digest'] };
      await expect(raw.keep([event('a'), large])).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
      await expect(raw.keep([event('a'), long])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      await expect(raw.keep(many)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
      await expect(raw.keep([event('a'), odd])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(await raw.keep([])).toEqual([]);
      expect((await allRefs(raw)).size).toBe(0);
    });

    test.each(['', '..', '../../etc/passwd', 'x@1', '1@1@1', `${'9'.repeat(400)}@1`])(
      'reads nothing by the ref %j',
      async (ref) => {
        await expect(raw.read(ref)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      },
    );

    test.each([0, -1, 1.5, RAW_EVENTS_PAGE_MAX + 1])('has no page of %d', async (limit) => {
      await expect(raw.list({ limit })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });

    test('keeps the largest event', async () => {
      const bytes = Buffer.alloc(RAW_EVENT_BYTES_MAX, 'x');
      const [ref] = await raw.keep([rawEvent({ bytes, receivedAt: instantFromMs(START_MS) })]);
      expect(sha256((await raw.read(ref as string))!.bytes)).toBe(sha256(bytes));
    });
  });
}

function textOf(event: { readonly bytes: Uint8Array } | null): string | null {
  return event === null ? null : Buffer.from(event.bytes).toString();
}

import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { type Instant, instantFromMs, msOfInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import {
  type KeptRawEvent,
  type NewRawEvent,
  RAW_EVENT_BYTES_MAX,
  RAW_EVENTS_PAGE_MAX,
  RAW_RECEIVED_SLACK_MS,
  type RawEvent,
  type RawEvents,
  type RawPage,
} from '../../ports/raw-events.ts';
import { makeDurableFolder, syncFolder } from './durable-folders.ts';
import { guarded, isMissing } from './file-errors.ts';
import { encodeRecord, RECORD_ORIGIN_BYTES_MAX } from './raw-record.ts';
import { type OnRawDamage, recordAt, recordsFrom, withSegment } from './raw-scan.ts';
import {
  placeOfRef,
  type RawPlace,
  RawSegment,
  refOf,
  SEGMENT_AGE_MS_MAX,
  SEGMENT_CHANCE_BYTES,
  segmentName,
  segmentTime,
} from './raw-segment.ts';

/** Most bytes that are written with one sync, and that may wait for one. */
export const RAW_GROUP_BYTES_MAX = 16 * 1024 * 1024;
export const RAW_WAITING_BYTES_MAX = 128 * 1024 * 1024;

/** An event may have waited for the disk after it was checked how long ago it was received. */
const SCAN_SLACK_MS = 2 * RAW_RECEIVED_SLACK_MS;

const WHAT = 'the store of raw events';

export interface RawEventsOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told of events that are not any more what was kept. */
  readonly onDamage?: OnRawDamage;
}

interface Waiting {
  readonly parts: readonly Uint8Array[];
  /** Where each record begins behind the start of `parts`. */
  readonly offsets: readonly number[];
  readonly bytes: number;
  readonly resolve: (refs: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Opens the folder. What is in it stays as it is: each process and each life has own segments. */
export async function openFilesystemRawEvents(options: RawEventsOptions): Promise<RawEvents> {
  await guarded(WHAT, () => makeDurableFolder(options.folder));
  return new FilesystemRawEvents(options);
}

/**
 * Events in segments, appended in groups: while one group is synced the next one gathers. A
 * segment that a write failed in is left; the next group begins another.
 */
class FilesystemRawEvents implements RawEvents {
  readonly #options: RawEventsOptions;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #segment: RawSegment | null = null;
  #pumping: Promise<void> | null = null;

  constructor(options: RawEventsOptions) {
    this.#options = options;
  }

  async keep(events: readonly NewRawEvent[]): Promise<readonly string[]> {
    if (events.length > RAW_EVENTS_PAGE_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `at most ${RAW_EVENTS_PAGE_MAX} events at once`);
    }
    if (events.length === 0) return [];
    const encoded = this.#encode(events);
    if (this.#waitingBytes + encoded.bytes > RAW_WAITING_BYTES_MAX) {
      throw new DomainError('BACKPRESSURE', 'too many events wait for the disk; try again soon');
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...encoded, resolve, reject });
      this.#waitingBytes += encoded.bytes;
      this.#pumping ??= this.#pump();
    });
  }

  read(ref: string): Promise<RawEvent | null> {
    return guarded(WHAT, async () => {
      const place = placeOfRef(ref);
      const found = await withSegment(this.#options.folder, place.name, async (handle) => ({
        event: await recordAt(handle, place.offset),
      }));
      if (found === null) return null;
      if (found.event !== null) return { ...found.event, ref };
      throw new DomainError('INTERNAL', `the raw event ${ref} is not what was kept`);
    });
  }

  list({ after, since, before, limit }: RawPage): Promise<readonly KeptRawEvent[]> {
    return guarded(WHAT, async () => {
      if (!Number.isInteger(limit) || limit < 1 || limit > RAW_EVENTS_PAGE_MAX) {
        throw invalidInput(`a page has 1 to ${RAW_EVENTS_PAGE_MAX} events`);
      }
      const start = after === undefined ? null : placeOfRef(after);
      const page: KeptRawEvent[] = [];
      for (const name of await this.#segmentsWithin({ since, before })) {
        if (start !== null && name < start.name) continue;
        const from = start?.name === name ? start.offset : null;
        await this.#listSegment(name, { from, since, before, limit }, page);
        if (page.length === limit) break;
      }
      return page;
    });
  }

  removeBefore(time: Instant): Promise<number> {
    return guarded(WHAT, async () => {
      const { folder } = this.#options;
      let removed = 0;
      for (const name of await this.#segmentsWithin({ before: time })) {
        if (name === this.#segment?.name || !(await this.#isBefore(name, time))) continue;
        await unlink(join(folder, name)).catch(ignoreMissing);
        removed += 1;
      }
      if (removed > 0) await syncFolder(folder);
      return removed;
    });
  }

  async close(): Promise<void> {
    await this.#pumping;
    await this.#segment?.close();
    this.#segment = null;
  }

  #encode(events: readonly NewRawEvent[]): Pick<Waiting, 'parts' | 'offsets' | 'bytes'> {
    const nowMs = this.#options.clock.nowMs();
    const [parts, offsets]: [Uint8Array[], number[]] = [[], []];
    let bytes = 0;
    for (const event of events) {
      checkEvent(event, nowMs);
      const [start, rest] = encodeRecord(event);
      if (start.length > RECORD_ORIGIN_BYTES_MAX) throw invalidInput('names are too long to keep');
      parts.push(start, rest);
      offsets.push(bytes);
      bytes += start.length + rest.byteLength;
    }
    return { parts, offsets, bytes };
  }

  async #pump(): Promise<void> {
    // Companions of the same turn join the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await guarded(WHAT, () => this.#write(group));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#pumping = null;
  }

  #takeGroup(): Waiting[] {
    let [count, bytes] = [0, 0];
    for (const each of this.#waiting) {
      if (count > 0 && bytes + each.bytes > RAW_GROUP_BYTES_MAX) break;
      [count, bytes] = [count + 1, bytes + each.bytes];
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const segment = await this.#obtainSegment();
    const { name, bytes: start } = segment;
    try {
      await segment.append(group.flatMap(({ parts }) => parts));
    } catch (error) {
      this.#segment = null;
      await segment.abandon();
      throw error;
    }
    let at = start;
    for (const { offsets, bytes, resolve } of group) {
      const base = at;
      resolve(offsets.map((offset) => refOf({ name, offset: base + offset })));
      at += bytes;
    }
  }

  async #obtainSegment(): Promise<RawSegment> {
    const { folder, clock, ids } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#segment?.takesMore(nowMs)) return this.#segment;
    const full = this.#segment;
    this.#segment = null;
    await full?.close();
    const name = segmentName(nowMs, ids.bytes(SEGMENT_CHANCE_BYTES));
    this.#segment = await RawSegment.begin(folder, name);
    return this.#segment;
  }

  /** Segments that may hold events of the span, by name. */
  async #segmentsWithin({ since, before }: Pick<RawPage, 'since' | 'before'>): Promise<string[]> {
    const fromMs = since === undefined ? 0 : msOfInstant(since);
    const toMs = before === undefined ? Number.POSITIVE_INFINITY : msOfInstant(before);
    const names = await readdir(this.#options.folder);
    return names
      .filter((name) => {
        const time = segmentTime(name);
        if (time === null || time - SCAN_SLACK_MS > toMs) return false;
        return time + SEGMENT_AGE_MS_MAX + SCAN_SLACK_MS >= fromMs;
      })
      .sort();
  }

  async #listSegment(
    name: string,
    { from, since, before, limit }: RawPage & { readonly from: number | null },
    page: KeptRawEvent[],
  ): Promise<void> {
    await withSegment(this.#options.folder, name, async (handle) => {
      for await (const { offset, event } of this.#records(handle, { name, offset: from ?? 0 })) {
        if (offset === from || !isWithin(event, since, before)) continue;
        const { bytes: _, ...origin } = event;
        page.push({ ...origin, ref: refOf({ name, offset }) });
        if (page.length === limit) return;
      }
    });
  }

  /** A segment that cannot be read to its end is as old as its name says, and a little younger. */
  async #isBefore(name: string, time: Instant): Promise<boolean> {
    const latestMs = (segmentTime(name) as number) + SEGMENT_AGE_MS_MAX + SCAN_SLACK_MS;
    if (instantFromMs(latestMs) < time) return true;
    const scanned = await withSegment(this.#options.folder, name, async (handle) => {
      for await (const { event } of this.#records(handle, { name, offset: 0 })) {
        if (event.receivedAt >= time) return false;
      }
      // It may still be written to, by another process.
      return (segmentTime(name) as number) + SEGMENT_AGE_MS_MAX < this.#options.clock.nowMs();
    });
    return scanned === true;
  }

  #records(...[handle, place]: [Parameters<typeof recordsFrom>[0], RawPlace]) {
    return recordsFrom(handle, place, this.#options.onDamage ?? (() => undefined));
  }
}

function checkEvent({ bytes, receivedAt, digest }: NewRawEvent, nowMs: number): void {
  if (bytes.byteLength > RAW_EVENT_BYTES_MAX) {
    const text = `an event has ${bytes.byteLength} bytes, at most ${RAW_EVENT_BYTES_MAX} are kept`;
    throw new DomainError('LIMIT_EXCEEDED', text);
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw invalidInput('not a digest of an event');
  if (Math.abs(msOfInstant(receivedAt) - nowMs) > RAW_RECEIVED_SLACK_MS) {
    throw invalidInput('an event is kept when it is received');
  }
}

function isWithin(
  { receivedAt }: NewRawEvent,
  since: Instant | undefined,
  before: Instant | undefined,
): boolean {
  return (since === undefined || receivedAt >= since) && (!before || receivedAt < before);
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

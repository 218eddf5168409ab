import type { Clock } from '../ports/clock.ts';
import {
  type ListedEntry,
  OPERATIONAL_ROOMS,
  type OperationalRoom,
  type OperationalStore,
} from '../ports/operational-store.ts';

/** Entries that are read together. */
const PAGE_ENTRIES = 500;
/** Who does which job is of the processes that run, and not of what they work on. */
const LEFT_BEHIND: readonly OperationalRoom[] = ['lease'];

/** Brings every entry into another store, as it is there or over it; answers how many. */
export async function copyOperational(
  from: OperationalStore,
  to: OperationalStore,
  clock: Clock,
): Promise<number> {
  let count = 0;
  for (const room of OPERATIONAL_ROOMS) {
    if (LEFT_BEHIND.includes(room)) continue;
    let after: string | undefined;
    for (;;) {
      const page = await from.list(room, { prefix: '', after, limit: PAGE_ENTRIES });
      count += await copyPage(to, { room, page, nowMs: clock.nowMs() });
      after = page.at(-1)?.key;
      if (page.length < PAGE_ENTRIES) break;
    }
  }
  return count;
}

interface RoomPage {
  readonly room: OperationalRoom;
  readonly page: readonly ListedEntry[];
  readonly nowMs: number;
}

/** What lives for a time lives on for the rest of it. */
async function copyPage(to: OperationalStore, { room, page, nowMs }: RoomPage): Promise<number> {
  const lasting = page.filter(({ endsAtMs }) => endsAtMs === undefined);
  await to.put(room, lasting);
  let count = lasting.length;
  for (const { endsAtMs, ...entry } of page) {
    if (endsAtMs === undefined || endsAtMs <= nowMs) continue;
    await to.put(room, [entry], endsAtMs - nowMs);
    count += 1;
  }
  return count;
}

import type { OperationalEntry, OperationalRoom } from '../../ports/operational-store.ts';
import { type EntryState, idOf, type StoredValue } from './operational-entries.ts';

/** Something to be written: entries to be put or removed, or one to be swapped. */
export type OperationalWrite =
  | {
      readonly kind: 'put';
      readonly room: OperationalRoom;
      readonly entries: readonly OperationalEntry[];
      readonly expiresMs: number | null;
    }
  | {
      readonly kind: 'delete';
      readonly room: OperationalRoom;
      readonly keys: readonly string[];
    }
  | {
      readonly kind: 'swap';
      readonly room: OperationalRoom;
      readonly key: string;
      readonly was: string | null;
      readonly value: string;
      readonly expiresMs: number | null;
    };

export interface FoldedWrites {
  readonly states: ReadonlyMap<string, EntryState>;
  /** Of each write whether it was done, which only a swap may not be. */
  readonly done: readonly boolean[];
}

/** Entries that must be locked and read before it is known what is to be written. */
export function swappedIds(writes: readonly OperationalWrite[]): string[] {
  return [...new Set(writes.flatMap((write) => (write.kind === 'swap' ? [idOf(write)] : [])))];
}

/** What is left to be written when all writes are done in their order. */
export function foldWrites(
  writes: readonly OperationalWrite[],
  stored: ReadonlyMap<string, StoredValue>,
  nowMs: number,
): FoldedWrites {
  const states = new Map<string, EntryState>();
  // What was made to be locked must not stay if nothing becomes of it.
  for (const write of writes) {
    if (write.kind !== 'swap' || stored.has(idOf(write))) continue;
    states.set(idOf(write), { ...placed(write), value: null, expiresMs: null });
  }
  const set = (state: EntryState) => void states.set(idOf(state), state);
  const isLive = ({ expiresMs }: { readonly expiresMs: number | null }) =>
    expiresMs === null || expiresMs > nowMs;
  const done = writes.map((write) => {
    if (write.kind === 'put') {
      const { room, entries, expiresMs } = write;
      for (const { key, value } of entries) set({ room, key, value, expiresMs });
    } else if (write.kind === 'delete') {
      const { room, keys } = write;
      for (const key of keys) set({ room, key, value: null, expiresMs: null });
    } else {
      const id = idOf(write);
      const found = states.get(id) ?? stored.get(id);
      const value = found !== undefined && isLive(found) ? found.value : null;
      if (value !== write.was) return false;
      set({ ...placed(write), value: write.value, expiresMs: write.expiresMs });
    }
    return true;
  });
  return { states, done };
}

function placed({ room, key }: { readonly room: OperationalRoom; readonly key: string }) {
  return { room, key };
}

/** About how many bytes a write sends. */
export function weightOf(write: OperationalWrite): number {
  if (write.kind === 'delete') return write.keys.reduce((sum, key) => sum + key.length, 0);
  const entries = write.kind === 'put' ? write.entries : [write];
  return entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
}

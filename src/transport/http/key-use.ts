import { type Instant, instantFromMs } from '../../domain/time.ts';
import type { OperationalStore } from '../../ports/operational-store.ts';
import type { Hub } from '../hub.ts';

/** A use within so many milliseconds of the last one that was written is not written. */
export const KEY_USE_WRITTEN_MS = 60_000;
/** Keys whose last use is remembered; with more of them, all are forgotten and written anew. */
const KEYS_REMEMBERED_MAX = 10_000;

type UseHub = Pick<Hub, 'operational' | 'clock' | 'log'>;

/** When the use of each key was last written, in milliseconds since 1970, for each open store. */
const WRITTEN = new WeakMap<OperationalStore, Map<string, number>>();

/**
 * Keeps when a key was last used, to the minute. The request does not wait for it, and does not
 * fail with it: that a key works matters more than that its use is known.
 */
export function noteKeyUse(keyId: string, { operational, clock, log }: UseHub): void {
  const written = WRITTEN.get(operational) ?? new Map<string, number>();
  WRITTEN.set(operational, written);
  const nowMs = clock.nowMs();
  const before = written.get(keyId);
  if (before !== undefined && nowMs - before < KEY_USE_WRITTEN_MS) return;
  if (written.size >= KEYS_REMEMBERED_MAX) written.clear();
  written.set(keyId, nowMs);
  operational
    .put('key-use', [{ key: keyId, value: instantFromMs(nowMs) }])
    .catch((error: unknown) => {
      log.warn({ error: String(error) }, 'the use of an API key was not kept');
    });
}

/** When the key was last used, to the minute; null when it never was. */
export async function lastKeyUse(
  keyId: string,
  { operational }: Pick<Hub, 'operational'>,
): Promise<Instant | null> {
  return (await operational.get('key-use', keyId)) as Instant | null;
}

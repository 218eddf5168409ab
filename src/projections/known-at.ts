import { type Instant, instantFromMs, msOfInstant } from '../domain/time.ts';
import type { AsKnown, LineageStore } from '../ports/lineage-store.ts';

/** Index before the first fact: at that time the hub knew nothing. */
export const NOTHING_KNOWN = -1;

const MICROS_AT = 'YYYY-MM-DDTHH:MM:SS.mmm'.length;
const MICROS_PER_MS = 1_000;

/** The two times of a question, with the hub's time as the last fact that it knew by then. */
export async function asKnown(
  asked: { readonly asOf?: Instant | null; readonly knownAt?: Instant | null },
  store: LineageStore,
): Promise<AsKnown> {
  const asOf = asked.asOf ?? undefined;
  if (!asked.knownAt) return asOf === undefined ? {} : { asOf };
  const [last] = await store.facts({
    until: justAfter(asked.knownAt),
    order: 'newest',
    limit: 1,
    scope: { all: true },
  });
  const knownAt = last?.index ?? NOTHING_KNOWN;
  return asOf === undefined ? { knownAt } : { asOf, knownAt };
}

/** The next instant that there is, a microsecond later. */
export function justAfter(instant: Instant): Instant {
  const micros = Number(instant.slice(MICROS_AT, -1)) + 1;
  if (micros === MICROS_PER_MS) return instantFromMs(msOfInstant(instant) + 1);
  return `${instant.slice(0, MICROS_AT)}${String(micros).padStart(3, '0')}Z` as Instant;
}

import type { IdempotencyKey, LineageStore } from '../ports/lineage-store.ts';

/** For each key, whether a fact with it is on record; at most PAGE_ROWS_MAX keys. */
export async function areRecorded(
  keys: readonly IdempotencyKey[],
  store: Pick<LineageStore, 'facts'>,
): Promise<readonly boolean[]> {
  const scope = { all: true } as const;
  const facts = await store.facts({ keys, order: 'oldest', limit: keys.length, scope });
  const found = new Set(facts.flatMap(({ idempotency }) => idempotency ?? []).map(textOf));
  return keys.map((key) => found.has(textOf(key)));
}

function textOf({ actor, operation, key }: IdempotencyKey): string {
  return JSON.stringify([actor, operation, key]);
}

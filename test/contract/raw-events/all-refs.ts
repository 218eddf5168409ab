import type { RawEvents, RawPage } from '../../../src/ports/raw-events.ts';

/** The refs of all events of a span, page by page, in the order of the pages. */
export async function allRefs(
  raw: RawEvents,
  { limit = 7, ...span }: Partial<RawPage> = {},
): Promise<Set<string>> {
  const refs: string[] = [];
  for (;;) {
    const page = await raw.list({ ...span, after: refs.at(-1), limit });
    refs.push(...page.map(({ ref }) => ref));
    if (page.length < limit) break;
  }
  if (new Set(refs).size !== refs.length) throw new Error('an event is in two pages');
  return new Set(refs);
}

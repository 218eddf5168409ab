import fc from 'fast-check';
import { EDGE_KINDS, NODE_KINDS } from '../../src/domain/lineage/kinds.ts';
import { RUN_STATUSES } from '../../src/domain/lineage/run-status.ts';
import { EVENT_KINDS, EVENT_TYPES } from '../../src/domain/lineage/told-event.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import type { JsonObject } from '../../src/domain/values/value.ts';

const text = fc.string({ maxLength: 8 });
const id = fc.string({ minLength: 1, maxLength: 8 });
const count = fc.nat();
const instant = fc.integer({ min: 0, max: 4e12 }).map(instantFromMs);
const eventTime = instant.map((time) => `${time.slice(0, -1)}123Z`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 3 });
const said = { at: eventTime, rank: count, by: text };
const textParts = few(fc.record({ fact: maybe(count), person: text, field: text }));
const other = fc.oneof(
  fc.record({ name: text, ...said, deleted: fc.constant(true) }),
  fc.record({ name: text, ...said, place: text, text: textParts }),
);

/** Bodies of facts that take what pipelines say, with values that fit the schema. */
export function openLineageFact(object: fc.Arbitrary<JsonObject>): fc.Arbitrary<object> {
  const facet = fc.oneof(other, fc.record({ name: text, ...said, value: object }));
  const end = fc.record({
    dataset: id,
    namespace: text,
    name: text,
    first: eventTime,
    stated: few(id),
    version: maybe(fc.record({ id, ...said })),
    facets: few(facet),
    told: few(facet),
  });
  const set = fc.record(
    {
      openlineage: fc.record({
        runId: text,
        first: eventTime,
        start: maybe(eventTime),
        end: maybe(fc.record({ ...said, type: fc.constantFrom(...EVENT_TYPES) })),
        job: fc.record({ ...said, id, name: text }),
      }),
      status: fc.constantFrom(...RUN_STATUSES),
      endedAt: maybe(instant),
      namespace: text,
      identity: fc.constantFrom('run', 'stated', 'before'),
      superseded: fc.constant(true),
    },
    { requiredKeys: [] },
  );
  const put = fc.record({
    id,
    kind: fc.constantFrom(...(Object.keys(NODE_KINDS) as (keyof typeof NODE_KINDS)[])),
    project: id,
    name: text,
    identifiers: few(text),
    set,
    rank: count,
    facets: few(fc.record({ name: text, value: fc.constantFrom(null, 0), datasets: few(id) })),
    others: maybe(few(other)),
    reads: maybe(few(end)),
    writes: maybe(few(end)),
  });
  const ends = { kind: fc.constantFrom(...EDGE_KINDS), from: id, to: id };
  return fc.record({
    event: fc.record({
      digest: text,
      part: fc.integer({ min: 1 }),
      parts: fc.integer({ min: 1 }),
      kind: fc.constantFrom(...EVENT_KINDS),
      eventType: maybe(fc.constantFrom(...EVENT_TYPES)),
      eventTime,
      producer: maybe(text),
      schemaURL: maybe(text),
      runId: maybe(text),
    }),
    values: fc.array(object, { minLength: 1, maxLength: 3 }),
    puts: few(put),
    opened: few(fc.record({ ...ends, at: maybe(instant) })),
    closed: few(fc.record({ ...ends, since: count, at: instant })),
    beyond: few(id),
  });
}

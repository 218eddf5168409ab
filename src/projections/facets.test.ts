import { describe, expect, test } from 'vitest';
import { DAMAGED, ERASED } from '../domain/audit/personal.ts';
import type { Json } from '../domain/values/value.ts';
import { facetBody, facetsOf, withoutNames } from './facets.ts';

const SAID = { at: '2026-01-01T00:00:00.000000001Z', rank: 4, by: 'sha256:aa' };
const REF = { '~personal': { fact: 3, person: 'act:a', field: 'facets1' } };

const texts = (text: Json) => ({ textOf: () => Promise.resolve(text) });
const bodyOf = (props: Record<string, Json>, text: Json = null) =>
  facetBody(facetsOf({ props })[0] as ReturnType<typeof facetsOf>[number], texts(text));

describe('facets of a node', () => {
  test('come by name, open and personal ones together', () => {
    const facets = facetsOf({
      props: {
        status: 'RUNNING',
        facet_tags: { ...SAID, value: {} },
        otherFacets: [
          { ...SAID, name: 'sql', place: 'job.facets', text: [REF] },
          { ...SAID, name: 'owner', deleted: true },
        ],
        facet_schema: { ...SAID, deleted: true },
      },
    });
    expect(facets.map(({ name, isDeleted, isPersonal }) => [name, isDeleted, isPersonal])).toEqual([
      ['owner', true, true],
      ['schema', true, false],
      ['sql', false, true],
      ['tags', false, false],
    ]);
  });

  test('say what was said, in the open or in a text', async () => {
    expect(await bodyOf({ facet_tags: { ...SAID, value: { a: '~zNaN' } } })).toEqual({ a: 'NaN' });
    const personal = { otherFacets: [{ ...SAID, name: 'sql', place: 'job.facets', text: [REF] }] };
    const text = { 'job.facets': { sql: { query: 'select 1' } }, 'run.facets': { sql: {} } };
    expect(await bodyOf(personal, text)).toEqual({ query: 'select 1' });
  });

  test('are marked when they were taken back, erased or damaged', async () => {
    expect(await bodyOf({ facet_tags: { ...SAID, deleted: true } })).toBeNull();
    const personal = { otherFacets: [{ ...SAID, name: 'sql', place: 'job.facets', text: [REF] }] };
    expect(await bodyOf(personal, ERASED)).toBe(ERASED);
    expect(await bodyOf(personal, DAMAGED)).toBe(DAMAGED);
    expect(await bodyOf(personal, { 'job.facets': {} })).toBe(DAMAGED);
  });
});

describe('a facet that names hidden datasets', () => {
  const isKnown = ({ name }: { name: string }) => name !== 'hidden';
  const from = (name: string) => ({ namespace: 'store', name, field: 'id' });

  test('is told without them, and says so', () => {
    const told = withoutNames(
      { name: 'columnLineage' },
      {
        _producer: 'p',
        fields: {
          a: { inputFields: [from('open'), from('hidden')], transformationDescription: 'of both' },
          b: { inputFields: [from('open')], transformationDescription: 'of one' },
        },
        dataset: [from('hidden')],
      },
      isKnown,
    );
    expect(told).toEqual({
      body: {
        _producer: 'p',
        fields: {
          a: { inputFields: [from('open')] },
          b: { inputFields: [from('open')], transformationDescription: 'of one' },
        },
        dataset: [],
      },
      isRestricted: true,
    });
    const links = { identifiers: [from('hidden'), { name: 'hidden' }, from('open')] };
    expect(withoutNames({ name: 'symlinks' }, links, isKnown)).toEqual({
      body: { identifiers: [from('open')] },
      isRestricted: true,
    });
  });

  test('is told as it is when it names none', () => {
    const body = { fields: { a: { inputFields: [from('open')] } } };
    expect(withoutNames({ name: 'columnLineage' }, body, isKnown)).toEqual({
      body,
      isRestricted: false,
    });
    const other = { whatever: ['hidden'] };
    expect(withoutNames({ name: 'tags' }, other, isKnown)).toEqual({
      body: other,
      isRestricted: false,
    });
  });
});

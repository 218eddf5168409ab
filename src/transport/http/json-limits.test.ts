import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRACKETS_DEEP_MAX, checkJsonSize } from './json-limits.ts';

const checked = (value: unknown, valuesMax: number) => () =>
  checkJsonSize(JSON.stringify(value), valuesMax);

describe('the size of a JSON text', () => {
  it('is counted in values, those within others too', () => {
    expect(checked([1, { a: 2, b: [] }, 'x'], 6)).not.toThrow();
    expect(checked([1, { a: 2, b: [] }, 'x'], 5)).toThrow(/more than 5 values/);
  });

  it('does not count what stands in strings', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(checked([text, `${text}\\",[[`, '[{,"'], 3)).not.toThrow();
      }),
    );
  });

  it('has no more brackets within each other than the limit', () => {
    const nested = (deep: number) => `${'['.repeat(deep)}${']'.repeat(deep)}`;
    expect(() => checkJsonSize(nested(BRACKETS_DEEP_MAX), 1_000)).not.toThrow();
    expect(() => checkJsonSize(nested(BRACKETS_DEEP_MAX + 1), 1_000)).toThrow(/within each other/);
    expect(checked(Array(500).fill([]), 1_000)).not.toThrow();
  });

  it('of a text that is none is for its reader to say', () => {
    for (const text of ['', '"', '"\\', ']]]', '{"a']) {
      expect(() => checkJsonSize(text, 1)).not.toThrow();
    }
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeValue, type JsonObject, type Value } from '../domain/values/value.ts';
import { compareValues, flattenValues, VALUES_COMPARED_MAX } from './compare-values.ts';

const encoded = (value: object) => encodeValue(value as Value) as JsonObject;

describe('the values within an object', () => {
  test('stand at JSON pointers, and what is empty is a value too', () => {
    const object = { a: { 'b/c': 1, 'd~e': [true, { f: null }] }, '': 'x', empty: {}, none: [] };
    expect([...flattenValues(encoded(object))]).toEqual([
      ['/a/b~1c', 1],
      ['/a/d~0e/0', true],
      ['/a/d~0e/1/f', null],
      ['/', 'x'],
      ['/empty', {}],
      ['/none', []],
    ]);
    expect(flattenValues({}).size).toBe(0);
  });

  test('are named as readers see them: an encoded name is taken back', () => {
    expect([...flattenValues(encoded({ '~home': 1 })).keys()]).toEqual(['/~0home']);
  });

  test('are bounded', () => {
    const list = (length: number) => ({ list: Array.from({ length }, (_, at) => at) });
    expect(flattenValues(list(VALUES_COMPARED_MAX)).size).toBe(VALUES_COMPARED_MAX);
    expect(() => flattenValues(list(VALUES_COMPARED_MAX + 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('two objects', () => {
  test('differ by what was added, removed and changed, in the order of paths', () => {
    const a = { lr: 0.1, layers: [1, 2], opt: { name: 'sgd' }, gone: true, same: 'x' };
    const b = { same: 'x', layers: [1, 3, 4], opt: 'adam', lr: 0.2, fresh: null };
    expect(compareValues(a, b)).toEqual({
      equalCount: 2,
      differences: [
        { path: '/fresh', change: 'ADDED', a: undefined, b: null },
        { path: '/gone', change: 'REMOVED', a: true, b: undefined },
        { path: '/layers/1', change: 'CHANGED', a: 2, b: 3 },
        { path: '/layers/2', change: 'ADDED', a: undefined, b: 4 },
        { path: '/lr', change: 'CHANGED', a: 0.1, b: 0.2 },
        { path: '/opt', change: 'ADDED', a: undefined, b: 'adam' },
        { path: '/opt/name', change: 'REMOVED', a: 'sgd', b: undefined },
      ],
    });
  });

  test.each([
    [{ x: Number.NaN }, { x: Number.NaN }, 0],
    [{ x: 0 }, { x: -0 }, 1],
    [{ x: 2n ** 70n }, { x: 2n ** 70n + 1n }, 1],
    [{ x: Number.NaN }, { x: 'NaN' }, 1],
    [{ x: 1 }, { x: '1' }, 1],
    [{ x: {} }, { x: [] }, 1],
    [{ x: {} }, {}, 1],
    [{ x: null }, {}, 1],
  ])('%o and %o differ in %d values', (a, b, count) => {
    const { differences, equalCount } = compareValues(encoded(a), encoded(b));
    expect(differences).toHaveLength(count);
    expect(equalCount).toBe(1 - count);
  });

  test('are compared alike from both sides, and every value is counted once', () => {
    const objects = fc.dictionary(fc.constantFrom(...'abc'), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(objects, objects, (one, other) => {
        const [a, b] = [encoded(one), encoded(other)];
        const there = compareValues(a, b);
        const back = compareValues(b, a);
        expect(back.equalCount).toBe(there.equalCount);
        expect(back.differences.map(({ path }) => path)).toEqual(
          there.differences.map(({ path }) => path),
        );
        const paths = new Set([...flattenValues(a).keys(), ...flattenValues(b).keys()]);
        expect(there.equalCount + there.differences.length).toBe(paths.size);
        expect(compareValues(a, a).differences).toEqual([]);
      }),
    );
  });
});

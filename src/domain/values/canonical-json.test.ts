import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import type { Json } from './value.ts';

describe('canonicalJson', () => {
  it('writes the example of RFC 8785', () => {
    const json = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(json)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('orders keys by UTF-16 units, so that U+1F600 comes before U+FB33', () => {
    const json = {
      '\ufb33': 1,
      '\ud83d\ude00': 2,
      '\u20ac': 3,
      '1': 4,
      '\r': 5,
      ö: 6,
      '\u0080': 7,
    };
    expect(Object.values(JSON.parse(canonicalJson(json)))).toEqual([4, 5, 7, 6, 3, 2, 1]);
    expect(canonicalJson(json).indexOf('😀')).toBeLessThan(canonicalJson(json).indexOf('\ufb33'));
  });

  it('writes what an independent implementation of RFC 8785 writes', () => {
    const keys = fc.oneof(fc.string(), fc.constantFrom('10', '9', '__proto__', 'toString', ''));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, false, 0, -0, 1e21, 1e-7, 5e-324, 2 ** 53),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ unit: 'binary' }),
        fc.array(tie('tree')),
        fc.dictionary(keys, tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, (json) => {
        expect(canonicalJson(json as Json)).toBe(canonicalize(json));
      }),
    );
  });

  it('is read back as it was, and written again as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const text = canonicalJson(json as Json);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
      }),
    );
  });

  it('refuses half of a surrogate pair as invalid input, in texts and in keys', () => {
    for (const json of ['\ud800', ['a\udc00'], { 'a\ud800': 1 }]) {
      expect(() => canonicalJson(json)).toThrow(
        expect.objectContaining({
          code: 'INVALID_INPUT',
          message: expect.stringContaining('half'),
        }),
      );
    }
  });

  it('throws on what no encoded value holds', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow('NaN');
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow('Infinity');
    expect(() => canonicalJson(undefined as unknown as Json)).toThrow('no canonical JSON');
    expect(() => canonicalJson([1n] as unknown as Json)).toThrow('bigint');
  });
});

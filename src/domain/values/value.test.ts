import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import {
  decodeValue,
  encodeValue,
  isEncoded,
  type Json,
  type JsonObject,
  readableValue,
  VALUE_DEPTH_MAX,
  type Value,
} from './value.ts';

const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
  .map((units) => String.fromCharCode(...units));
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  anyUnits,
  fc.constantFrom('', '~', '~~', '~zNaN', '~i5', '~u0041', '~d-0', '\0', '\ud800', '~\udfff'),
);
const keys = fc.oneof(
  texts,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'hasOwnProperty', '~personal'),
);
const numbers = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 0, 2 ** 53, -(2 ** 53)));
const integers = fc.oneof(fc.bigInt(), fc.bigInt({ min: -(10n ** 400n), max: 10n ** 400n }));
const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    numbers,
    integers,
    texts,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
  ),
}));

/** A big integer that a double holds exactly is that double. */
function settled(value: Value): Value {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(settled);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, settled(item)]));
}

function reversed(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).map(([key, item]) => [key, reversed(item)] as const);
  return Object.fromEntries(entries.reverse());
}

function nested(levels: number): Value {
  let value: Value = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

describe('encodeValue', () => {
  it('writes these texts, which stand in the log and never change', () => {
    const value: Value = {
      nan: Number.NaN,
      infinities: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      zeros: [0, -0],
      integers: [2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 10n ** 30n, 5n, 0n],
      doubles: [0.1, 1e21, 2 ** 53],
      texts: ['', 'a', '~', '~~b', '~zNaN', 'a~', '\0', 'x\ud800', '\ud83d\ude00'],
      '~key': null,
      '\udfff': true,
    };
    expect(canonicalJson(encodeValue(value))).toBe(
      '{"doubles":[0.1,1e+21,9007199254740992],' +
        '"infinities":["~zINF","~z-INF"],' +
        '"integers":[9007199254740991,"~i9007199254740992","~i-9007199254740992",' +
        '"~i1000000000000000000000000000000",5,0],' +
        '"nan":"~zNaN",' +
        '"texts":["","a","~~","~~~b","~~zNaN","a~","\\u0000","~u0078d800","😀"],' +
        '"zeros":[0,"~d-0"],' +
        '"~udfff":true,' +
        '"~~key":null}',
    );
  });

  it('loses nothing: decoding gives back what was encoded, by way of canonical text', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJson(encodeValue(value));
        const back = decodeValue(JSON.parse(text) as Json);
        expect(isDeepStrictEqual(back, settled(value))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('encodes equal values equally, whatever the order of keys and the type of an integer', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = canonicalJson(encodeValue(value));
        expect(canonicalJson(encodeValue(reversed(value)))).toBe(text);
        expect(canonicalJson(encodeValue(settled(value)))).toBe(text);
      }),
    );
  });

  it('keeps a key __proto__ a key, and gives no object another prototype', () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}}') as Value;
    const encoded = encodeValue(value) as JsonObject;
    expect(Object.keys(encoded)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(encoded)).toBe(Object.prototype);
    expect('polluted' in encoded).toBe(false);
    expect(canonicalJson(encoded)).toBe('{"__proto__":{"polluted":1}}');
  });

  it('leaves out members that are undefined, as JSON does', () => {
    expect(encodeValue({ a: undefined, b: 1 } as unknown as Value)).toEqual({ b: 1 });
    expect(() => encodeValue([undefined] as unknown as Value)).toThrow('undefined is not a value');
    expect(() => encodeValue((() => 1) as unknown as Value)).toThrow('function is not a value');
  });

  it(`takes ${VALUE_DEPTH_MAX} levels and no more, and does not overflow on many`, () => {
    expect(decodeValue(encodeValue(nested(VALUE_DEPTH_MAX)))).toEqual(nested(VALUE_DEPTH_MAX));
    for (const levels of [VALUE_DEPTH_MAX + 1, 100_000]) {
      expect(() => encodeValue(nested(levels))).toThrow('nested deeper than 64 levels');
    }
  });
});

const NEVER_WRITTEN = [
  '~',
  '~i5',
  '~i',
  '~i-0',
  '~i0x20000000000001',
  '~i 9007199254740993',
  '~i09007199254740993',
  '~i9007199254740991',
  '~u',
  '~u12',
  '~u0041',
  '~uD800',
  '~znan',
  '~x',
  '~personal',
  '~~\ud800',
  '\ud800',
];

describe('decodeValue', () => {
  it.each(NEVER_WRITTEN)('refuses %j, which no encoder writes', (text) => {
    for (const json of [text, [text], { a: text }, { [text]: 1 }]) {
      expect(() => decodeValue(json)).toThrow('no encoded value');
      expect(isEncoded(json)).toBe(false);
    }
  });

  it('refuses a number in the place of a key', () => {
    expect(isEncoded({ '~zNaN': 1 })).toBe(false);
    expect(isEncoded({ '~i9007199254740993': 1 })).toBe(false);
  });
});

describe('isEncoded', () => {
  it('is true for everything that encodeValue writes', () => {
    fc.assert(fc.property(values, (value) => isEncoded(encodeValue(value))));
  });

  it.each([
    ['NaN', Number.NaN],
    ['an infinity', [Number.NEGATIVE_INFINITY]],
    ['-0', { a: -0 }],
    ['a big integer', [1n]],
    ['undefined', { a: undefined }],
    ['a function', [() => 1]],
    ["the hub's own tag", { '~personal': { fact: 0, person: 'act:x', field: 'notes' } }],
  ])('is false for %s', (_what, json) => {
    expect(isEncoded(json)).toBe(false);
  });
});

describe('readableValue', () => {
  it('shows as text what JSON cannot hold, and everything else as it is', () => {
    const value: Value = {
      nan: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      big: 2n ** 64n,
      zero: -0,
      half: 'a\ud800b',
      'k\udc00': '~tilde',
      plain: [1.5, 'x', true, null, { y: [] }],
    };
    expect(readableValue(encodeValue(value))).toEqual({
      nan: ['NaN', 'Infinity', '-Infinity'],
      big: '18446744073709551616',
      zero: 0,
      half: 'a\\ud800b',
      'k\\udc00': '~tilde',
      plain: [1.5, 'x', true, null, { y: [] }],
    });
  });

  it('always gives JSON that has a canonical form', () => {
    fc.assert(
      fc.property(values, (value) => {
        const shown = readableValue(encodeValue(value));
        expect(isDeepStrictEqual(JSON.parse(canonicalJson(shown)), shown)).toBe(true);
      }),
    );
  });
});

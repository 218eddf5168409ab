import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTEGER_DIGITS_MAX, parseLosslessJson } from './lossless-json.ts';
import { VALUE_DEPTH_MAX, type Value } from './value.ts';

/** Puts a big integer in front, so that the text takes the slow way too. */
const WAYS: ReadonlyArray<readonly [string, (text: string) => Value | undefined]> = [
  ['the fast way', (text) => parseLosslessJson(text)],
  ['the slow way', (text) => (parseLosslessJson(`[9007199254740993,${text}]`) as Value[])[1]],
];

/** What JSON.parse makes of integers beyond 2^53. */
function rounded(value: Value | undefined): Value | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Value) => rounded(item) as Value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, rounded(item) as Value]),
  );
}

const FINE = [
  'null',
  ' \t\r\n{ "a" : [ 1 , 2.50 , -0 , 1e3, 1E-2, 0.1e+1 ] } ',
  '{"a":1,"b":2,"a":3}',
  '{"__proto__":{"x":1},"constructor":1,"toString":2,"":3,"10":4,"9":5}',
  '{"__proto__":1,"__proto__":2}',
  '"\\u0000\\ud800\\u00e9\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '"\u2028\u2029\u007f\ud83d\ude00"',
  '["\ud800"]',
  '[]',
  '{}',
  '[[],{},[{}]]',
  '-0',
  '-0.0',
  '0e10',
  '1.7976931348623157e308',
  '5e-324',
  '1e-400',
  '0.12345678901234567',
  '-123456789012345',
  '""',
];

const BAD: ReadonlyArray<readonly [text: string, at: number]> = [
  ['', 0],
  [' ', 1],
  ['{', 1],
  ['[', 1],
  ['[1', 2],
  ['[1,]', 3],
  ['[,1]', 1],
  ['[1 2]', 3],
  ['{"a"}', 4],
  ['{"a":}', 5],
  ['{"a":1,}', 7],
  ['{a:1}', 1],
  ["{'a':1}", 1],
  ['{"a":1 "b":2}', 7],
  ['{NaN:1}', 1],
  ['{1:1}', 1],
  ['"abc', 4],
  ['"a\\x"', 2],
  ['"\\u12g4"', 1],
  ['"\\', 1],
  ['"a\nb"', 2],
  ['"\u0000"', 1],
  ['01', 1],
  ['-', 0],
  ['+1', 0],
  ['1.', 1],
  ['.5', 0],
  ['1e', 1],
  ['0x10', 1],
  ['- 1', 0],
  ['tru', 0],
  ['truex', 4],
  ['nan', 0],
  ['-NaN', 0],
  ['+Infinity', 0],
  ['Infinityx', 8],
  ['undefined', 0],
  ['1 1', 2],
  ['[]]', 2],
  ['\ufeff{}', 0],
  ['// x\n1', 0],
  ['\u00a01', 0],
];

describe.each(WAYS)('parseLosslessJson on %s', (_way, parse) => {
  it.each(FINE)('reads %j as JSON.parse does', (text) => {
    expect(isDeepStrictEqual(parse(text), JSON.parse(text))).toBe(true);
  });

  it('reads any JSON as JSON.parse does, however it is spaced and escaped', () => {
    const keys = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'a', 'b'));
    const texts = fc
      .tuple(
        fc.json({ maxDepth: 6, stringUnit: 'binary' }),
        fc.array(fc.tuple(keys, fc.json())),
        fc.constantFrom('', ' ', '\n\t'),
      )
      .map(([json, entries, space]) => {
        const members = entries.map(([key, item]) => `${JSON.stringify(key)}${space}:${item}`);
        return `[${space}${json},{${members.join(`${space},`)}}${space}]`;
      });
    fc.assert(
      fc.property(texts, (text) => {
        expect(isDeepStrictEqual(rounded(parse(text)), JSON.parse(text))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['1e400', '-1e400', '[1E+400]', '{"a":1e0400}', '123456789012345e300'])(
    'refuses %s, which no double holds',
    (text) => {
      expect(() => parse(text)).toThrow('a number out of range at character');
    },
  );

  it(`takes ${VALUE_DEPTH_MAX - 1} levels and refuses more, also many more`, () => {
    const fine = VALUE_DEPTH_MAX - 1;
    expect(parse('['.repeat(fine) + ']'.repeat(fine))).toBeInstanceOf(Array);
    for (const levels of [VALUE_DEPTH_MAX + 2, 100_000]) {
      const bombs = [
        '['.repeat(levels) + ']'.repeat(levels),
        `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
        '['.repeat(levels),
      ];
      for (const bomb of bombs) {
        expect(() => parse(bomb)).toThrow('nested deeper than 64 levels');
      }
    }
  });
});

describe('parseLosslessJson', () => {
  it.each(BAD)('refuses %j and says where', (text, at) => {
    expect(() => parseLosslessJson(text)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: expect.stringMatching(new RegExp(`^malformed JSON at character ${at}: `)),
      }),
    );
    expect(() => parseLosslessJson(`[9007199254740993,${text}]`)).toThrow(/malformed JSON at/);
  });

  it('does not repeat what it refuses, since a text may hold a secret', () => {
    const text = '{"key": ledgerline-0123456789}';
    expect(() => parseLosslessJson(text)).toThrow(
      /^malformed JSON at character 8: a value expected$/,
    );
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740992', -9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['1234567890123456', 1234567890123456],
    ['9007199254740993.0', 9007199254740992],
    ['9007199254740993e0', 9007199254740992],
    ['18446744073709551615', 18446744073709551615n],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('reads %s as %s', (text, value) => {
    expect(parseLosslessJson(text)).toBe(value);
    expect(parseLosslessJson(` [ ${text} ] `)).toEqual([value]);
    expect(parseLosslessJson(`{"a":${text}}`)).toEqual({ a: value });
  });

  it('takes the bare words of Python only where a value stands', () => {
    const text = '{"NaN":"NaN","Infinity":["Infinity",-Infinity,NaN],"-0":"9007199254740993"}';
    expect(parseLosslessJson(text)).toEqual({
      NaN: 'NaN',
      Infinity: ['Infinity', Number.NEGATIVE_INFINITY, Number.NaN],
      '-0': '9007199254740993',
    });
  });

  it('reads any integer without loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), (integer) => {
        const read = parseLosslessJson(String(integer));
        expect(BigInt(read as number | bigint)).toBe(integer);
      }),
    );
  });

  it('reads integers of 4,096 digits of either sign, and refuses longer ones', () => {
    const digits = '7'.repeat(INTEGER_DIGITS_MAX);
    expect(parseLosslessJson(digits)).toBe(BigInt(digits));
    expect(parseLosslessJson(`-${digits}`)).toBe(-BigInt(digits));
    for (const longer of [`${digits}7`, `-${digits}7`, '7'.repeat(10_000_000)]) {
      expect(() => parseLosslessJson(longer)).toThrow('an integer of more than 4096 digits');
    }
  });

  it('finishes on ten megabytes of numbers, of one string and of one bad string', () => {
    const big = '9007199254740993,0.12345678901234567,1e5,';
    const numbers = `[${big.repeat(250_000)}0]`;
    expect((parseLosslessJson(numbers) as Value[]).length).toBe(750_001);
    const long = 'x'.repeat(10_000_000);
    expect(parseLosslessJson(`[NaN,"${long}\\n"]`)).toEqual([Number.NaN, `${long}\n`]);
    expect(() => parseLosslessJson(`[NaN,"${long}\\`)).toThrow('malformed JSON at character');
    expect(() => parseLosslessJson('"\\n'.repeat(1_000_000))).toThrow(
      'malformed JSON at character 4: the end of the text',
    );
    expect(parseLosslessJson(`[NaN,"${'\\n'.repeat(2_000_000)}"]`)).toEqual([
      Number.NaN,
      '\n'.repeat(2_000_000),
    ]);
  });
});

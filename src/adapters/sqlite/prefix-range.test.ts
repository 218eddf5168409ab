import fc from 'fast-check';
import { expect, test } from 'vitest';
import { behindPrefix } from './prefix-range.ts';

test.each([
  ['', null],
  ['a', 'b'],
  ['run/', 'run0'],
  ['\u007f', '\u0080'],
  ['\ud7ff', '\ue000'],
  ['\uffff', '\u{10000}'],
  ['a\u{10ffff}\u{10ffff}', 'b'],
  ['\u{10ffff}', null],
])('behind %j comes %j', (prefix, behind) => {
  expect(behindPrefix(prefix)).toBe(behind);
});

test('a text starts with the prefix if and only if it lies in the range', () => {
  const text = fc.string({ unit: 'binary', maxLength: 4 });
  const near = fc.tuple(text, text).map(([start, rest]) => [start, start + rest] as const);
  fc.assert(
    fc.property(fc.oneof(near, fc.tuple(text, text)), ([prefix, other]) => {
      const behind = behindPrefix(prefix);
      const from = Buffer.compare(Buffer.from(other), Buffer.from(prefix)) >= 0;
      const to = behind === null || Buffer.compare(Buffer.from(other), Buffer.from(behind)) < 0;
      expect(from && to).toBe(other.startsWith(prefix));
    }),
    { numRuns: 2_000 },
  );
});

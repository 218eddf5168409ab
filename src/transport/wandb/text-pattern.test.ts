import { describe, expect, it } from 'vitest';
import { textPattern } from './text-pattern.ts';

describe('a text pattern', () => {
  const texts = ['', 'a', 'ab', 'abc', 'run-1', 'run-12', 'a.b', 'x|y', 'aXbXc', 'ba'];
  const sources = [
    'a',
    '^a',
    'a$',
    '^a$',
    '^run-.$',
    'a.*c',
    '^a.*b',
    '.*',
    'a\\.b',
    'x\\|y',
    '^b|c$',
    '^$',
    'a.b',
    '^a.*',
    '.*a$',
  ];

  it.each(sources)('%s answers as a regular expression does', (source) => {
    for (const text of texts) {
      expect([text, textPattern(source)(text)]).toEqual([text, new RegExp(source).test(text)]);
    }
  });

  it.each(['(a+)+$', 'a{2}', '[ab]', 'a+', '\\d', 'a?'])('%s is refused', (source) => {
    expect(() => textPattern(source)).toThrow(/patterns/);
  });

  it('has a bounded length', () => {
    expect(() => textPattern('x'.repeat(300))).toThrow(/at most 256/);
  });
});

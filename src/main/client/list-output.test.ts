import { describe, expect, it } from 'vitest';
import { csvLine, shapeOf } from './list-output.ts';
import { plainJson, plainText } from './plain-text.ts';

describe('a line of CSV', () => {
  it('is one line, and quotes what would be read as more cells', () => {
    expect(csvLine(['a', '', 'b,c', 'say "x"', 'two\nlines', '{"a":1}'])).toBe(
      'a,,"b,c","say ""x""",two\\u{a}lines,"{""a"":1}"',
    );
  });

  it('lets no cell run as a formula', () => {
    expect(csvLine(['=1+1', '+1', '-1', '@x', '=a,b', 'a=b'])).toBe(
      `'=1+1,'+1,'-1,'@x,"'=a,b",a=b`,
    );
  });
});

describe('a text for the screen', () => {
  it('shows what would move the cursor or turn the order around', () => {
    expect(plainText('a\u001b[2Jb\r\nc\u009bd\u202ee')).toBe(
      'a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{9b}d\\u{202e}e',
    );
    expect(plainText('Größe 👩‍🔬 数据')).toBe('Größe 👩‍🔬 数据');
  });

  it('means the same as JSON', () => {
    const value = { name: 'a\u001b[2J\u009bd\u202ee\u2028\n' };
    expect(plainJson(value)).toBe('{"name":"a\\u001b[2J\\u009bd\\u202ee\\u2028\\n"}');
    expect(JSON.parse(plainJson(value))).toEqual(value);
  });
});

describe('the shape of a list', () => {
  it('is text unless something else is asked for', () => {
    expect([shapeOf({}), shapeOf({ json: true }), shapeOf({ csv: true })]).toEqual([
      'text',
      'json',
      'csv',
    ]);
  });
});

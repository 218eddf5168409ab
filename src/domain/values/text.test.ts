import { describe, expect, it } from 'vitest';
import { checkName, checkPathName, checkText, hasLoneSurrogate, NAME_LENGTH_MAX } from './text.ts';

const ODD_BUT_FINE = ['é', '😀', 'a b', 'שלום', 'مرحبا', '名前', '~', "'; DROP", '%2F', '...'];

describe('names', () => {
  it.each(ODD_BUT_FINE)('may be %j, and stay as they are', (name) => {
    expect(checkName(name, 'a name')).toBe(name);
    expect(checkPathName(name, 'a name')).toBe(name);
  });

  it('go on record in the composed form', () => {
    expect(checkName('cafe\u0301', 'a name')).toBe('caf\u00e9');
    expect(checkPathName('cafe\u0301', 'a name')).toBe('caf\u00e9');
  });

  it.each([
    ['', 'a name is empty'],
    [' \u3000', 'a name is blank'],
    ['a\nb', 'a name holds a control character'],
    ['a\u202eb', 'a name holds a control character or a mark that reorders text'],
    ['a\0b', 'a name holds a NUL character'],
    ['\ud800', 'a name holds half of a surrogate pair'],
    ['a\udc00b', 'a name holds half of a surrogate pair'],
    ['x'.repeat(NAME_LENGTH_MAX + 1), 'a name has 513 characters, at most 512 fit'],
  ])('may not be %j', (name, fault) => {
    for (const check of [checkName, checkPathName]) {
      expect(() => check(name, 'a name')).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(fault) }),
      );
    }
  });

  it('have at most 512 UTF-16 units', () => {
    expect(checkName('😀'.repeat(NAME_LENGTH_MAX / 2), 'a name')).toHaveLength(NAME_LENGTH_MAX);
  });

  it.each(['a/b', 'a:b', '/', ':', '.', '..'])('in paths may not be %j', (name) => {
    expect(checkName(name, 'a name')).toBe(name);
    expect(() => checkPathName(name, 'a name')).toThrow(/"\/" or ":"|"\." or "\.\."/);
  });

  it('are not repeated at length in the refusal', () => {
    expect(() => checkPathName('/'.repeat(1_000_000), 'a name')).toThrow(/^.{0,200}$/);
  });
});

describe('texts', () => {
  it('may be empty and long, but hold no NUL and no half of a surrogate pair', () => {
    for (const text of ['', 'x'.repeat(100_000)]) expect(checkText(text, 'a note')).toBe(text);
    expect(() => checkText('\0', 'a note')).toThrow('a note holds a NUL character');
    expect(() => checkText('\udfff', 'a note')).toThrow('a note holds half of a surrogate pair');
  });

  it.each([
    ['\ud83d\ude00', false],
    ['\ude00\ud83d', true],
    ['\ud83d', true],
    ['\ud83d\ud83d\ude00', true],
    ['plain', false],
  ])('%j has a lone surrogate: %s', (text, has) => {
    expect(hasLoneSurrogate(text)).toBe(has);
  });
});

import { describe, expect, it } from 'vitest';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';

describe('JSON texts of the wandb surface', () => {
  it.each([
    '{"a":[1,2.5,"x",true,null],"b":{"c":{}}}',
    '{"nan":NaN,"inf":Infinity,"minus":-Infinity}',
    '{"big":123456789012345678901234567890}',
    '"\\ud800"',
    '-0.0',
  ])('are read and written back as they were: %s', (text) => {
    expect(jsonTextOf(parseLosslessJson(text))).toBe(text);
  });

  it('keep the keys that JavaScript gives a meaning', () => {
    expect(jsonTextOf(parseLosslessJson('{"__proto__":{"a":NaN}}'))).toBe(
      '{"__proto__":{"a":NaN}}',
    );
  });

  it('tell objects from everything else', () => {
    expect(isValueObject({})).toBe(true);
    for (const other of [null, [], 1, 'x', undefined]) expect(isValueObject(other)).toBe(false);
  });
});

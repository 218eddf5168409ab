import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordinalOf, parseProjectPath, parseThingPath, parseVersionPath } from './names.ts';

const NAMES = ['main', 'é', '名前', '😀', 'a b', 'שלום', '\u2215', '\uff1a', '%2F', '...'];
const names = fc.oneof(
  fc.constantFrom(...NAMES),
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .map((name) => name.normalize('NFC'))
    .filter((name) => !/[/:\p{Cc}\u202a-\u202e\u2066-\u2069]|^\.\.?$|^\s+$/u.test(name)),
);
const invalid = expect.objectContaining({ code: 'INVALID_INPUT' });

describe('paths', () => {
  it('lead back to the names that they were made of, whatever letters these have', () => {
    fc.assert(
      fc.property(fc.tuple(names, names, names, names), ([team, project, name, version]) => {
        expect(parseProjectPath(`${team}/${project}`)).toEqual({ team, project });
        expect(parseThingPath(`${team}/${project}/${name}`)).toEqual({ team, project, name });
        expect(parseVersionPath(`${team}/${project}/${name}:${version}`)).toEqual({
          team,
          project,
          name,
          version,
        });
      }),
    );
  });

  it.each([
    '',
    '/',
    'a',
    'a/',
    '/b',
    'a//b',
    'a/b/c',
    'a/b/',
    '/a/b',
    'a:x/b',
    'a/b:c',
    '../b',
    'a/.',
  ])('to a project are not %j', (path) => {
    expect(() => parseProjectPath(path)).toThrow(invalid);
  });

  it.each(['', 'a/b', 'a/b/', 'a//c', '/b/c', 'a/b/c/d', 'a/b/c:v1', 'a/b/..', 'a/./c', 'a:b/c/d'])(
    'to a thing are not %j',
    (path) => {
      expect(() => parseThingPath(path)).toThrow(invalid);
    },
  );

  it.each([
    '',
    ':',
    'a/b/c',
    'a/b/c:',
    'a/b/:v1',
    'a/b:v1',
    'a/b/c:v1:v2',
    'a:b/c/d:v1',
    'a/b/c:v1/d',
    'a/b/c:/',
    'a/b/c:..',
    'a/b/c:v\0',
    'a/b/c:\ud800',
    `a/b/c:${'x'.repeat(513)}`,
    'a/b/c/d:v1',
    'a/b\0/c:v1',
  ])('to a version are not %j', (path) => {
    expect(() => parseVersionPath(path)).toThrow(invalid);
  });

  it('are not repeated at length in the refusal', () => {
    for (const parse of [parseProjectPath, parseThingPath, parseVersionPath]) {
      expect(() => parse('/'.repeat(100_000))).toThrow(/^.{0,400}$/);
    }
  });
});

describe('ordinalOf', () => {
  it.each([
    ['v0', 0],
    ['v7', 7],
    ['v10', 10],
    ['v999999999999999', 999_999_999_999_999],
    ['v01', undefined],
    ['v', undefined],
    ['v-1', undefined],
    ['v1.0', undefined],
    ['V1', undefined],
    ['v1 ', undefined],
    ['v1\n', undefined],
    ['v٣', undefined],
    ['latest', undefined],
    ['', undefined],
  ])('of %j is %s', (name, ordinal) => {
    expect(ordinalOf(name)).toBe(ordinal);
  });
});

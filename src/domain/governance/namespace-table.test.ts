import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkNamespaceTable,
  NAMESPACE_ENTRIES_MAX,
  type NamespaceTable,
} from './namespace-table.ts';

const row = (namespace: unknown, project: unknown = 'data/lake') => ({ namespace, project });
const faultsOf = (namespaces: unknown) => checkNamespaceTable({ namespaces }).faults ?? [];

function tableOf(rows: ReadonlyArray<readonly [string, string]>): NamespaceTable {
  const checked = checkNamespaceTable({ namespaces: rows.map(([at, to]) => row(at, to)) });
  if (checked.faults) throw new Error(checked.faults.join());
  return checked.namespaces;
}

function ownerIn(rows: ReadonlyArray<readonly [string, string]>, namespace: string) {
  const owner = tableOf(rows).ownerOf(namespace);
  return owner && `${owner.team}/${owner.project}`;
}

describe('the owner of a namespace', () => {
  const rows = [
    ['*', 'a/any'],
    ['s3://*', 'a/s3'],
    ['s3://lake', 'a/lake'],
    ['s3://lake-*', 'a/lakes'],
    ['s3://lake-raw*', 'a/raw'],
  ] as const;

  it.each([
    ['s3://lake', 'a/lake'],
    ['s3://lake/', 'a/lake'],
    ['s3://lak', 'a/s3'],
    ['s3://lake-', 'a/lakes'],
    ['s3://lake-raw', 'a/raw'],
    ['s3://lake-raw-2', 'a/raw'],
    ['s3://lake-other', 'a/lakes'],
    ['S3://lake', 'a/any'],
    ['file', 'a/any'],
  ])('of %j is %s: exact first, then the longest', (namespace, owner) => {
    expect(ownerIn(rows, namespace)).toBe(owner);
    expect(ownerIn([...rows].reverse(), namespace)).toBe(owner);
  });

  it('is nobody where nothing fits', () => {
    expect(ownerIn([], 's3://lake')).toBe(null);
    expect(ownerIn([['s3://lake', 'a/lake']], 's3://lake2')).toBe(null);
    expect(ownerIn([['s3://lake*', 'a/lake']], 's3://lak')).toBe(null);
  });

  it('is found by the composed form of its letters', () => {
    expect(ownerIn([['s3://caf\u00e9', 'a/b']], 's3://cafe\u0301')).toBe('a/b');
  });

  it('is what looking through all entries finds, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ':'), { minLength: 1, maxLength: 5 });
    const names = text.map((letters) => letters.join(''));
    const patterns = fc.oneof(
      names,
      names.map((name) => `${name}*`),
    );
    fc.assert(
      fc.property(fc.uniqueArray(patterns, { maxLength: 12 }), names, (all, namespace) => {
        const table = tableOf(all.map((pattern, at) => [pattern, `t/${at}`] as const));
        const fits = (pattern: string) =>
          pattern.endsWith('*')
            ? namespace.startsWith(pattern.slice(0, -1))
            : pattern === namespace;
        const best = all
          .filter(fits)
          .sort((a, b) => Number(a.endsWith('*')) - Number(b.endsWith('*')) || b.length - a.length);
        const expected = best[0] === undefined ? undefined : String(all.indexOf(best[0]));
        expect(table.ownerOf(namespace)?.project).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a table of namespaces', () => {
  it.each([
    [null, 'namespaces: a list is needed'],
    [{}, 'namespaces: a list is needed'],
    ['s3://lake', 'namespaces: a list is needed'],
    [['s3://lake'], 'namespaces[0]: an entry with namespace and project'],
    [[{ project: 'a/b' }], 'namespaces[0].namespace: a text is needed'],
    [[row(5)], 'namespaces[0].namespace: a text is needed'],
    [[row('')], 'namespaces[0].namespace: the namespace is empty'],
    [[row('a\0')], 'namespaces[0].namespace: the namespace holds a NUL'],
    [[row('s3://*/x')], 'namespaces[0].namespace: "*" stands at the end, once'],
    [[row('s3://**')], 'namespaces[0].namespace: "*" stands at the end, once'],
    [[row('a'), row('b', 'lake')], 'namespaces[1].project: not a path of the form team/project'],
    [[row('a', null)], 'namespaces[0].project: a text is needed'],
    [[{ ...row('a'), owner: 'x' }], 'namespaces[0].owner: there is no such field'],
    [[row('a'), row('a', 'x/y')], 'namespaces[1].namespace: "a" stands at namespaces[0] already'],
    [[row('a*'), row('a*')], 'namespaces[1].namespace: "a*" stands at namespaces[0] already'],
    [[row('s3://a'), row('s3://a/')], '"s3://a" stands at namespaces[0] already'],
    [Array.from({ length: NAMESPACE_ENTRIES_MAX + 1 }, () => 0), 'at most 10000 entries'],
  ])('is refused: %.60j', (rows, fault) => {
    expect(faultsOf(rows).join('\n')).toContain(fault);
  });

  it('is told all its faults at once, and nothing beside it', () => {
    expect(faultsOf([row('', 'x'), row('a*b')])).toHaveLength(3);
    expect(checkNamespaceTable({ namespaces: [], roles: {} }).faults).toEqual([
      'roles: there is no such field; there is namespaces',
    ]);
    expect(checkNamespaceTable({ namespaces: [row('a'), row('a*')] }).faults).toBeUndefined();
  });
});

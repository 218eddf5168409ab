import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ComparedInput, compareInputs } from './compare-inputs.ts';

const row = (id: string, digest?: string): ComparedInput => ({
  id,
  props: digest === undefined ? {} : { digest },
});

describe('what two runs read', () => {
  test('is the same, equal in content, or read by one alone', () => {
    const a = [row('c', 'x'), row('a', 'd'), row('e', 'gone'), row('f')];
    const b = [row('b', 'd'), row('c', 'x'), row('g', 'new'), row('h')];
    expect(compareInputs(a, b)).toEqual({
      same: [row('c', 'x')],
      sameContent: [{ digest: 'd', a: row('a', 'd'), b: row('b', 'd') }],
      added: [row('g', 'new'), row('h')],
      removed: [row('e', 'gone'), row('f')],
    });
  });

  test('pairs each version once, and none that both read', () => {
    const a = [row('a', 'd'), row('b', 'd'), row('both', 'd')];
    const b = [row('both', 'd'), row('z', 'd')];
    const { same, sameContent, added, removed } = compareInputs(a, b);
    expect([same, added]).toEqual([[row('both', 'd')], []]);
    expect(sameContent.map((pair) => [pair.a.id, pair.b.id])).toEqual([['a', 'z']]);
    expect(removed).toEqual([row('b', 'd')]);
  });

  test('stands in one list each, whatever was read', () => {
    const rows = fc.uniqueArray(
      fc.record({ id: fc.constantFrom(...'abcdef'), digest: fc.constantFrom('x', 'y') }),
      { selector: ({ id }) => id },
    );
    const known = new Map<string, string>();
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        known.clear();
        for (const { id, digest } of [...one, ...other]) if (!known.has(id)) known.set(id, digest);
        const [a, b] = [one, other].map((each) => each.map(({ id }) => row(id, known.get(id))));
        const { same, sameContent, added, removed } = compareInputs(a ?? [], b ?? []);
        const pairs = sameContent.length;
        expect(same.length + pairs + removed.length).toBe(a?.length);
        expect(same.length + pairs + added.length).toBe(b?.length);
        const open = new Set(removed.map(({ props }) => props.digest));
        expect(added.filter(({ props }) => open.has(props.digest))).toEqual([]);
      }),
    );
  });
});

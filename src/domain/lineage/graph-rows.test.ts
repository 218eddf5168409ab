import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareEdges, type EdgeKey } from './graph-rows.ts';
import { COLLECTION_KINDS, collectionKindOf, isNodeKind, versionKindOf } from './kinds.ts';

const keys: fc.Arbitrary<EdgeKey> = fc.record({
  from: fc.constantFrom('a', 'b', 'A', '_'),
  kind: fc.constantFrom('USED', 'ALIASES'),
  to: fc.constantFrom('a', 'b'),
  since: fc.constantFrom(0, 2, 10),
});
const orderOf = ({ from, kind, to, since }: EdgeKey) =>
  `${from} ${kind} ${to} ${String(since).padStart(4, '0')}`;

describe('compareEdges', () => {
  it('orders by from, kind, to and since, the last as a number', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const order = Buffer.compare(Buffer.from(orderOf(a)), Buffer.from(orderOf(b)));
        expect(Math.sign(compareEdges(a, b))).toBe(order);
      }),
    );
  });
});

describe('kinds', () => {
  it('of a collection and of its versions lead to each other', () => {
    for (const kind of COLLECTION_KINDS) expect(collectionKindOf(versionKindOf(kind))).toBe(kind);
  });

  it('are those of the list and none that every object has', () => {
    expect(isNodeKind('RUN')).toBe(true);
    for (const other of ['run', 'constructor', '__proto__', '']) {
      expect(isNodeKind(other)).toBe(false);
    }
  });
});

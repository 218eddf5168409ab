import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeLines, type Segment } from './shared-lines.ts';

describe('lines of several writers of one stream', () => {
  it('of a lone writer lie where the writer counts them', () => {
    const first = placeLines({ segments: [], next: 0, offset: 0, lines: ['a', 'b'] });
    expect(first).toEqual({
      placed: [{ offset: 0, lines: ['a', 'b'] }],
      segments: [[0, 0, 2]],
      next: 2,
    });
    const second = placeLines({ ...first, offset: 2, lines: ['c'] });
    expect(second.segments).toEqual([[0, 0, 3]]);
  });

  it('go behind those of another, and keep their places when they come again', () => {
    const [a, b] = [['a0', 'a1'], ['b0']];
    const one = placeLines({ segments: [], next: 0, offset: 0, lines: a });
    const two = placeLines({ segments: [], next: one.next, offset: 0, lines: b });
    expect(two.placed).toEqual([{ offset: 2, lines: ['b0'] }]);
    const more = placeLines({ ...one, next: two.next, offset: 1, lines: ['a1', 'a2'] });
    expect(more.placed).toEqual([
      { offset: 1, lines: ['a1'] },
      { offset: 3, lines: ['a2'] },
    ]);
    const again = placeLines({ ...more, offset: 1, lines: ['a1', 'a2'] });
    expect(again).toEqual({ ...more, placed: more.placed });
  });

  it('may begin at any number, since a resumed writer goes on counting', () => {
    const { segments } = placeLines({ segments: [], next: 4, offset: 10, lines: ['x'] });
    expect(segments).toEqual([[10, 4, 1]]);
  });

  it('never share a place, whatever comes in whatever order', () => {
    const post = fc.record({
      writer: fc.constantFrom('a', 'b', 'c'),
      offset: fc.nat(12),
      count: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(post, { maxLength: 30 }), (posts) => {
        const owners = new Map<number, string>();
        const known = new Map<string, readonly Segment[]>();
        let next = 0;
        for (const { writer, offset, count } of posts) {
          const lines = Array.from({ length: count }, (_, at) => `${writer}${offset + at}`);
          const segments = known.get(writer) ?? [];
          const placement = placeLines({ segments, next, offset, lines });
          known.set(writer, placement.segments);
          next = placement.next;
          for (const { offset: start, lines: text } of placement.placed) {
            text.forEach((line, at) => {
              expect(owners.get(start + at) ?? line).toBe(line);
              owners.set(start + at, line);
            });
          }
        }
        expect(new Set(owners.values()).size).toBe(owners.size);
        expect(owners.size).toBe(next);
      }),
    );
  });
});

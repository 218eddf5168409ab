import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

const lanesWith = (interactive: number, bulk: number) => {
  const lanes = new Lanes<string>({ groupMax: 8, bulkMin: 2 });
  for (let n = 0; n < bulk; n += 1) lanes.add('bulk', `b${n}`);
  for (let n = 0; n < interactive; n += 1) lanes.add('interactive', `i${n}`);
  return lanes;
};

test.each([
  [20, 20, 'i0 i1 i2 i3 i4 i5 b0 b1'],
  [20, 1, 'i0 i1 i2 i3 i4 i5 i6 b0'],
  [20, 0, 'i0 i1 i2 i3 i4 i5 i6 i7'],
  [3, 20, 'i0 i1 i2 b0 b1 b2 b3 b4'],
  [0, 20, 'b0 b1 b2 b3 b4 b5 b6 b7'],
  [1, 1, 'i0 b0'],
  [0, 0, ''],
])('of %d interactive and %d bulk ones takes %j', (interactive, bulk, taken) => {
  expect(lanesWith(interactive, bulk).take().join(' ')).toBe(taken);
});

test('what is given back comes first, in its order', () => {
  const lanes = lanesWith(10, 10);
  const group = lanes.take();
  lanes.giveBack(group);
  expect(lanes.take().slice(0, 6)).toEqual(group.slice(0, 6));
  expect(lanes.waitingIn('interactive') + lanes.waitingIn('bulk')).toBe(12);
});

import { expect, it } from 'vitest';
import { firstMaker } from './first-maker.ts';

const [own, later, foreign] = [
  { name: 'own', project: 'p' },
  { name: 'later', project: 'p' },
  { name: 'foreign', project: 'q' },
];

it.each([
  ['the first of its own project', [own, later], own],
  ['its own before an older claim from elsewhere', [foreign, own], own],
  ['one from elsewhere when there is no other', [foreign], foreign],
  ['what the reader may see', [null, foreign], foreign],
  ['none when the reader may see none', [null, null], null],
  ['none when none is said', [], null],
])('names %s', (_what, runs, maker) => {
  expect(firstMaker({ project: 'p' }, runs)).toBe(maker);
});

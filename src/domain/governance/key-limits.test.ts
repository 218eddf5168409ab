import { describe, expect, test } from 'vitest';
import {
  isWithinLimits,
  type KeyLimits,
  PERMISSIONS,
  passesOn,
  placeOfScope,
  scopeOf,
} from './permissions.ts';

const ACTIONS = [null, ['record.read'], ['record.read', 'record.write']] as const;
const SCOPES = [null, 'org', 'team/a', 'team/b', 'project/a/p', 'project/a/q'];
const LIMITS: KeyLimits[] = ACTIONS.flatMap((actions) =>
  SCOPES.map((scope) => ({ actions, scope })),
);
const PLACES = ['org', 'team/a', 'team/b', 'team/c', 'project/a/p', 'project/a/q'];

describe('isWithinLimits', () => {
  test.each([
    [{}, {}, true],
    [{}, { actions: ['record.read'] }, false],
    [{ actions: ['record.read'] }, {}, true],
    [{ scope: 'project/a/p' }, { scope: 'team/a' }, true],
    [{ scope: 'team/a' }, { scope: 'project/a/p' }, false],
    [{ scope: 'team/ab' }, { scope: 'team/a' }, false],
    [{ scope: null, actions: null }, { scope: null }, true],
  ] as ReadonlyArray<[KeyLimits, KeyLimits, boolean]>)('%j in %j: %s', (inner, outer, within) => {
    expect(isWithinLimits(inner, outer)).toBe(within);
  });

  test('is never true where the inner key passes on what the outer does not', () => {
    for (const inner of LIMITS)
      for (const outer of LIMITS.filter((each) => isWithinLimits(inner, each)))
        for (const place of PLACES.map((scope) => placeOfScope(scope) ?? {}))
          for (const permission of PERMISSIONS) {
            const wider = passesOn(inner, permission, place) && !passesOn(outer, permission, place);
            expect({ inner, outer, place, permission, wider }).toMatchObject({ wider: false });
          }
  });
});

test.each(PLACES)('%s is the scope of the place that it names', (scope) => {
  expect(scopeOf(placeOfScope(scope) ?? {})).toBe(scope);
});

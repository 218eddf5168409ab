import { describe, expect, test } from 'vitest';
import {
  type Access,
  type Grant,
  isPermitted,
  type KeyLimits,
  PERMISSIONS,
  ROLES,
} from '../domain/governance/permissions.ts';
import { type Instant, parseInstant } from '../domain/time.ts';
import { readPolicies } from '../main/read-policies.ts';
import { explain } from './explain.ts';

const NOW = parseInstant('2026-06-01T00:00:00Z');
const { roles } = readPolicies();
const grant = (role: Grant['role'], scope: string, expiresAt: Instant | null = null): Grant => ({
  id: `grant:${role}:${scope}`,
  ...{ role, scope, expiresAt },
});
const accessBy = (grants: readonly Grant[], limits: KeyLimits | null = null): Access => ({
  ...{ roles, grants },
  key: limits && { id: 'key:1', prefix: 'p', expiresAt: null, revoked: false, ...limits },
});
const at = { place: { team: 'a', project: 'p' }, now: NOW };

describe('explain', () => {
  test('names every grant that gives the permission, and none that does not', () => {
    const given = [grant('VIEWER', 'org'), grant('CONTRIBUTOR', 'project/a/p')];
    const others = [
      grant('CONTRIBUTOR', 'team/b'),
      grant('ADMINISTRATOR', 'org', parseInstant('2026-05-31T23:59:59Z')),
    ];
    const access = accessBy([...given, ...others]);
    expect(explain(access, 'record.read', at)).toEqual({
      allowed: true,
      permission: 'record.read',
      place: 'project/a/p',
      because: given,
      missing: [],
      reason: 'record.read on project/a/p comes with VIEWER on org, CONTRIBUTOR on project/a/p',
    });
    expect(explain(access, 'record.write', at).because).toEqual([given[1]]);
  });

  test('says what is missing, and where', () => {
    expect(explain(accessBy([]), 'access.manage', { ...at, place: {} })).toEqual({
      allowed: false,
      permission: 'access.manage',
      place: 'org',
      because: [],
      missing: ['access.manage'],
      reason: 'no grant gives access.manage on org',
    });
  });

  test('tells a key that does not pass a permission on from a grant that is missing', () => {
    const access = accessBy([grant('CONTRIBUTOR', 'team/a')], { scope: 'project/a/q' });
    expect(explain(access, 'record.write', at)).toMatchObject({
      allowed: false,
      missing: [],
      reason:
        'record.write on project/a/p comes with CONTRIBUTOR on team/a, but the API key does not ' +
        'pass it on',
    });
  });

  test('always says what the rule of acts says', () => {
    const scopes = ['org', 'team/a', 'team/b', 'project/a/p', 'project/a/q'];
    const limits = [null, {}, { actions: ['record.read'] as const }, { scope: 'team/a' }];
    const places = [{}, { team: 'a' }, { team: 'b' }, { team: 'a', project: 'p' }];
    let cases = 0;
    for (const role of ROLES)
      for (const scope of scopes)
        for (const limit of limits)
          for (const place of places)
            for (const permission of PERMISSIONS) {
              const access = accessBy([grant(role, scope)], limit);
              const where = { place, now: NOW };
              const { allowed } = explain(access, permission, where);
              expect(allowed).toBe(isPermitted(access, permission, where));
              cases += 1;
            }
    expect(cases).toBe(5 * 5 * 4 * 4 * PERMISSIONS.length);
  });
});

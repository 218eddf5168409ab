import { describe, expect, it } from 'vitest';
import { readPolicies } from '../../main/read-policies.ts';
import { type Instant, parseInstant } from '../time.ts';
import type { JsonObject } from '../values/value.ts';
import {
  type Access,
  type Grant,
  grantsOf,
  isPermitted,
  type KeyRecord,
  keysOf,
  PERMISSIONS,
  type Place,
  ROLES,
  type Role,
} from './permissions.ts';

const NOW = parseInstant('2026-06-01T00:00:00Z');
const grant = (role: Role, scope: string, expiresAt: Instant | null = null): Grant => ({
  id: 'grant',
  role,
  scope,
  expiresAt,
});
const { roles } = readPolicies();
const accessBy = (grants: readonly Grant[], key: KeyRecord | null = null): Access => ({
  roles,
  grants,
  key,
});
const may = (grants: readonly Grant[], place: Place, key: KeyRecord | null = null) => ({
  read: isPermitted(accessBy(grants, key), 'record.read', { place, now: NOW }),
  write: isPermitted(accessBy(grants, key), 'record.write', { place, now: NOW }),
});

/** Columns in the order of PERMISSIONS. */
const TABLE: Readonly<Record<Role, string>> = {
  //              read  write delete create audit access
  VIEWER: '       yes   no    no     no     no    no',
  CONTRIBUTOR: '  yes   yes   yes    yes    no    no',
  APPROVER: '     yes   no    no     no     no    no',
  AUDITOR: '      yes   no    no     no     yes   no',
  ADMINISTRATOR: 'yes   yes   yes    yes    yes   yes',
};

describe('a role', () => {
  it('has a row in this table, and each permission a column', () => {
    expect(Object.keys(TABLE)).toEqual([...ROLES]);
    expect(PERMISSIONS).toEqual([
      'record.read',
      'record.write',
      'record.delete',
      'project.create',
      'audit.read',
      'access.manage',
    ]);
  });

  const cells = ROLES.flatMap((role) => {
    const row = TABLE[role].trim().split(/\s+/);
    return PERMISSIONS.map((permission, column) => [role, permission, row[column]] as const);
  });
  it.each(cells)('%s has %s: %s', (role, permission, has) => {
    const permitted = isPermitted(accessBy([grant(role, 'org')]), permission, {
      place: {},
      now: NOW,
    });
    expect(permitted).toBe(has === 'yes');
  });

  it.each(['constructor', '__proto__', 'toString', '', 'viewer'])('that is %j has none', (role) => {
    for (const permission of PERMISSIONS) {
      const access = accessBy([grant(role as Role, 'org')]);
      expect(isPermitted(access, permission, { place: {}, now: NOW })).toBe(false);
    }
  });
});

/** Does the scope cover: the organization, team a, project a/x, project a/y, team ab, b/x? */
const SCOPES: ReadonlyArray<readonly [scope: string, covers: string]> = [
  ['org', 'yes yes yes yes yes yes'],
  ['team/a', 'no  yes yes yes no  no'],
  ['project/a/x', 'no  no  yes no  no  no'],
  ['team/', 'no  no  no  no  no  no'],
  ['team/A', 'no  no  no  no  no  no'],
  ['project/a', 'no  no  no  no  no  no'],
  ['project/a/', 'no  no  no  no  no  no'],
  ['team/undefined', 'no  no  no  no  no  no'],
  ['project/undefined/undefined', 'no  no  no  no  no  no'],
  ['organization', 'no  no  no  no  no  no'],
  ['', 'no  no  no  no  no  no'],
];
const PLACES: readonly Place[] = [
  {},
  { team: 'a' },
  { team: 'a', project: 'x' },
  { team: 'a', project: 'y' },
  { team: 'ab' },
  { team: 'b', project: 'x' },
];

describe('a scope', () => {
  const cells = SCOPES.flatMap(([scope, covers]) =>
    PLACES.map((place, column) => [scope, place, covers.split(/\s+/)[column]] as const),
  );
  it.each(cells)('%j covers %j: %s', (scope, place, covers) => {
    expect(may([grant('VIEWER', scope)], place).read).toBe(covers === 'yes');
  });

  it('of a project without its team covers nothing', () => {
    expect(may([grant('VIEWER', 'project/a/x')], { project: 'x' }).read).toBe(false);
  });
});

describe('grants', () => {
  it('add up, and none takes anything away', () => {
    const grants = [grant('VIEWER', 'org'), grant('CONTRIBUTOR', 'project/a/x')];
    expect(may(grants, { team: 'a', project: 'x' })).toEqual({ read: true, write: true });
    expect(may(grants, { team: 'a', project: 'y' })).toEqual({ read: true, write: false });
    expect(may([], {})).toEqual({ read: false, write: false });
  });

  it.each([
    ['2026-06-01T00:00:00.000001Z', true],
    ['2026-06-01T00:00:00Z', false],
    ['2026-05-31T23:59:59.999999Z', false],
  ])('that expire at %s are good on the first of June: %s', (expiresAt, good) => {
    expect(may([grant('VIEWER', 'org', parseInstant(expiresAt))], {}).read).toBe(good);
  });

  it('are read from the properties of the agent, and nothing else is', () => {
    const props: JsonObject = {
      actorKind: 'PERSON',
      'grant:1': { id: '1', role: 'VIEWER', scope: 'org', expiresAt: null },
      'grant:2': { id: '2', role: 'AUDITOR', scope: 'team/a', expiresAt: null },
      'grant:4': { id: '4', role: 'VIEWER', scope: 'org', expiresAt: null, revoked: true },
      'apiKey:grant:3': { role: 'ADMINISTRATOR', scope: 'org', expiresAt: null },
      grants: { role: 'ADMINISTRATOR', scope: 'org', expiresAt: null },
    };
    expect(grantsOf(props).map(({ role }) => role)).toEqual(['VIEWER', 'AUDITOR']);
    expect(grantsOf({})).toEqual([]);
  });
});

const key = (limits: Partial<KeyRecord>): KeyRecord => ({
  id: 'key:1',
  prefix: 'ledgerline-abcd',
  expiresAt: null,
  revoked: false,
  ...limits,
});

describe('an API key', () => {
  const grants = [grant('CONTRIBUTOR', 'team/a')];
  const place = { team: 'a', project: 'x' };

  it('without limits passes on what is granted, and no more', () => {
    expect(may(grants, place, key({}))).toEqual({ read: true, write: true });
    expect(may([], place, key({}))).toEqual({ read: false, write: false });
  });

  it('passes on only the actions that it names', () => {
    const narrow = key({ actions: ['record.read'] });
    expect(may(grants, place, narrow)).toEqual({ read: true, write: false });
    expect(may(grants, place, key({ actions: [] }))).toEqual({ read: false, write: false });
  });

  it('is good within its scope only, and adds nothing to the grants there', () => {
    expect(may(grants, place, key({ scope: 'project/a/x' }))).toEqual({ read: true, write: true });
    expect(may(grants, place, key({ scope: 'project/a/y' }))).toEqual({
      read: false,
      write: false,
    });
    expect(may(grants, place, key({ scope: 'org' }))).toEqual({ read: true, write: true });
    expect(may(grants, { team: 'b' }, key({ scope: 'org' }))).toEqual({
      read: false,
      write: false,
    });
  });

  it('is read from the properties of the agent with its limits', () => {
    const props: JsonObject = {
      'apiKey:key:1': { id: 'key:1', prefix: 'p', expiresAt: null, revoked: true },
      'grant:1': { id: '1', role: 'VIEWER', scope: 'org', expiresAt: null },
    };
    expect(keysOf(props)).toEqual([{ id: 'key:1', prefix: 'p', expiresAt: null, revoked: true }]);
  });
});

import { describe, expect, it } from 'vitest';
import { PERMISSIONS, ROLES } from './permissions.ts';
import { checkRoleTable } from './role-table.ts';

const row = (...permissions: unknown[]) => ({ permissions });
const GOOD = {
  ...Object.fromEntries(ROLES.map((role) => [role, row('record.read')])),
  ADMINISTRATOR: row(...PERMISSIONS),
};
const faultsOf = (roles: unknown) => checkRoleTable({ roles }).faults;

describe('a table of roles', () => {
  it('is taken when every role has its row and every name is known', () => {
    const { roles } = checkRoleTable({ roles: GOOD }) as { roles: Record<string, unknown> };
    expect(roles.VIEWER).toEqual(['record.read']);
    expect(roles.ADMINISTRATOR).toEqual(PERMISSIONS);
  });

  it.each([
    [null, 'roles: an object'],
    [[], 'roles: an object'],
    [{ ...GOOD, OWNER: row() }, 'roles.OWNER: there is no such role'],
    [{ ...GOOD, AUDITOR: undefined }, 'roles.AUDITOR.permissions: a list is needed'],
    [{ ...GOOD, AUDITOR: row('record.reed') }, 'record.reed is none of record.read, '],
    [{ ...GOOD, AUDITOR: row('constructor') }, 'constructor is none of '],
    [{ ...GOOD, AUDITOR: row('record.read', 'record.read') }, 'stands there twice'],
    [{ ...GOOD, AUDITOR: { ...row(), scope: 'org' } }, 'roles.AUDITOR.scope: there is no such'],
    [{ ...GOOD, ADMINISTRATOR: row('record.read') }, 'without access.manage nobody could grant'],
  ])('is refused as a whole otherwise: %j', (roles, fault) => {
    expect(faultsOf(roles)?.join('\n')).toContain(fault);
  });

  it('is told all its faults at once', () => {
    const faults = faultsOf({ ...GOOD, AUDITOR: row('a', 'b'), OWNER: row() });
    expect(faults).toHaveLength(3);
  });
});

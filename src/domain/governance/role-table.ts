import { PERMISSIONS, type Permission, ROLES, type Role, type RoleTable } from './permissions.ts';

/** Either the table, or everything that is wrong with it. */
export type CheckedRoleTable =
  | { readonly roles: RoleTable; readonly faults?: undefined }
  | { readonly faults: readonly string[] };

/**
 * Checks what policies/roles.yaml says: `roles`, an object of each role with its `permissions`.
 * Every role has its row and every name is known, so that a slip of the pen gives nobody more
 * and locks nobody out unseen.
 */
export function checkRoleTable(document: unknown): CheckedRoleTable {
  const rows = isObject(document) ? document.roles : undefined;
  if (!isObject(rows)) return { faults: ['roles: an object with a row for each role is needed'] };
  const faults = Object.keys(rows)
    .filter((name) => !(ROLES as readonly string[]).includes(name))
    .map((name) => `roles.${name}: there is no such role; there are ${ROLES.join(', ')}`);
  const table = Object.fromEntries(
    ROLES.map((role) => [role, permissionsOf(role, rows[role], faults)]),
  ) as unknown as RoleTable;
  if (!table.ADMINISTRATOR.includes('access.manage')) {
    faults.push('roles.ADMINISTRATOR.permissions: without access.manage nobody could grant a role');
  }
  return faults.length > 0 ? { faults } : { roles: table };
}

function permissionsOf(role: Role, row: unknown, faults: string[]): Permission[] {
  const at = `roles.${role}`;
  if (!isObject(row) || !Array.isArray(row.permissions)) {
    faults.push(`${at}.permissions: a list is needed`);
    return [];
  }
  for (const field of Object.keys(row)) {
    if (field !== 'permissions' && field !== 'description') {
      faults.push(`${at}.${field}: there is no such field`);
    }
  }
  const names: readonly unknown[] = row.permissions;
  names.forEach((name, place) => {
    if (!(PERMISSIONS as readonly unknown[]).includes(name)) {
      const known = PERMISSIONS.join(', ');
      faults.push(`${at}.permissions[${place}]: ${String(name)} is none of ${known}`);
    } else if (names.indexOf(name) < place) {
      faults.push(`${at}.permissions[${place}]: ${String(name)} stands there twice`);
    }
  });
  return names as Permission[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

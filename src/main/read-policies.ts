import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { RoleTable } from '../domain/governance/permissions.ts';
import { checkRoleTable } from '../domain/governance/role-table.ts';
import { ConfigError } from './config.ts';

/** The folder of policies that comes with the hub. */
export const POLICIES_DEFAULT = fileURLToPath(new URL('../../policies', import.meta.url));

/** Rules that an installation sets for itself. */
export interface Policies {
  readonly roles: RoleTable;
}

/** Reads and checks a folder of policies. Throws ConfigError with all faults at once. */
export function readPolicies(folder: string = POLICIES_DEFAULT): Policies {
  const file = join(folder, 'roles.yaml');
  const checked = checkRoleTable(readYaml(file));
  if (checked.faults) throw new ConfigError(checked.faults.map((fault) => `${file}: ${fault}`));
  return { roles: checked.roles };
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${file}: ${(error as Error).message}`]);
  }
}

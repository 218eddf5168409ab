import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkNamespaceTable, type NamespaceTable } from '../domain/governance/namespace-table.ts';
import type { RoleTable } from '../domain/governance/permissions.ts';
import { checkRoleTable } from '../domain/governance/role-table.ts';
import { ConfigError } from './config.ts';

/** The folder of policies that comes with the hub. */
export const POLICIES_DEFAULT = fileURLToPath(new URL('../../policies', import.meta.url));

/** Rules that an installation sets for itself. */
export interface Policies {
  readonly roles: RoleTable;
  /** Which project a namespace of datasets belongs to. */
  readonly namespaces: NamespaceTable;
}

/** Reads and checks a folder of policies. Throws ConfigError with all faults at once. */
export function readPolicies(folder: string = POLICIES_DEFAULT): Policies {
  const roles = read(join(folder, 'roles.yaml'), checkRoleTable);
  const namespaces = read(join(folder, 'namespaces.yaml'), checkNamespaceTable);
  if (!roles.faults && !namespaces.faults) return { ...roles, ...namespaces };
  throw new ConfigError([...(roles.faults ?? []), ...(namespaces.faults ?? [])]);
}

interface Faulty {
  readonly faults?: readonly string[] | undefined;
}

/** What the file says, or its faults with its name before each. */
function read<T extends Faulty>(
  file: string,
  check: (document: unknown) => T,
): T | { readonly faults: readonly string[] } {
  const { document, fault } = readYaml(file);
  const checked = fault === undefined ? check(document) : { faults: [fault] };
  return checked.faults
    ? { faults: checked.faults.map((each) => `${file}: ${each}`) }
    : (checked as T);
}

function readYaml(file: string): { readonly document?: unknown; readonly fault?: string } {
  try {
    return { document: parse(readFileSync(file, 'utf8')) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

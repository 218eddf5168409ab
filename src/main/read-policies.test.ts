import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROLES } from '../domain/governance/permissions.ts';
import { ConfigError } from './config.ts';
import { readPolicies } from './read-policies.ts';

function folderWith(roles: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledgerline-policies-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (roles !== null) writeFileSync(join(folder, 'roles.yaml'), roles);
  return folder;
}

describe('the policies', () => {
  it('that come with the hub are sound', () => {
    expect(Object.keys(readPolicies().roles)).toEqual([...ROLES]);
  });

  it.each([
    ['a file that is not there', null, /roles\.yaml.*ENOENT/],
    ['a text that is no YAML', 'roles: [', /roles\.yaml/],
    ['a role that is not known', 'roles: { OWNER: {} }', /roles\.OWNER: there is no such role/],
    ['an empty file', '', /roles: an object/],
  ])('stop the start for %s', (_, text, fault) => {
    const read = () => readPolicies(folderWith(text));
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(fault);
  });
});

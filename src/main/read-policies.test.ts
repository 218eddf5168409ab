import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROLES } from '../domain/governance/permissions.ts';
import { ConfigError } from './config.ts';
import { POLICIES_DEFAULT, readPolicies } from './read-policies.ts';

/** The folder that comes with the hub, with one file of it changed, or taken away. */
function folderWith(changed: string, text: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledgerline-policies-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['roles.yaml', 'namespaces.yaml']) {
    copyFileSync(join(POLICIES_DEFAULT, name), join(folder, name));
  }
  if (text === null) rmSync(join(folder, changed));
  else writeFileSync(join(folder, changed), text);
  return folder;
}

describe('the policies', () => {
  it('that come with the hub are sound', () => {
    const { roles, namespaces } = readPolicies();
    expect(Object.keys(roles)).toEqual([...ROLES]);
    expect(namespaces.ownerOf('s3://lake')).toBe(null);
  });

  it('say which project a namespace belongs to', () => {
    const text = 'namespaces:\n  - { namespace: "s3://lake*", project: data/lake }\n';
    const { namespaces } = readPolicies(folderWith('namespaces.yaml', text));
    expect(namespaces.ownerOf('s3://lake-2')).toEqual({ team: 'data', project: 'lake' });
  });

  it.each([
    ['roles.yaml', null, /roles\.yaml: ENOENT/],
    ['roles.yaml', 'roles: [', /roles\.yaml/],
    ['roles.yaml', 'roles: { OWNER: {} }', /roles\.yaml: roles\.OWNER: there is no such role/],
    ['roles.yaml', '', /roles: an object/],
    ['namespaces.yaml', null, /namespaces\.yaml: ENOENT/],
    ['namespaces.yaml', 'namespaces: [', /namespaces\.yaml/],
    ['namespaces.yaml', '', /namespaces\.yaml: namespaces: a list is needed/],
    [
      'namespaces.yaml',
      'namespaces: [{ namespace: "s3://lake", project: lake }]',
      /namespaces\.yaml: namespaces\[0\]\.project: not a path of the form team\/project/,
    ],
  ])('stop the start when %s is %j', (name, text, fault) => {
    const read = () => readPolicies(folderWith(name, text));
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(fault);
  });

  it('name the faults of all files at once', () => {
    const folder = folderWith('namespaces.yaml', 'namespaces: 5');
    writeFileSync(join(folder, 'roles.yaml'), 'roles: 5');
    expect(() => readPolicies(folder)).toThrow(/roles\.yaml.*namespaces\.yaml/s);
  });
});

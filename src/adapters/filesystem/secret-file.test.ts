import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import { systemIds } from '../system/system-ids.ts';
import { obtainSecret } from './secret-file.ts';

const request = async () => ({
  folder: join(await temporaryFolder(), 'keys'),
  name: 'blob-url',
  bytes: 32,
  ids: systemIds,
});

test('a secret is made once, in a private file', async () => {
  const asked = await request();
  const secrets = await Promise.all(Array.from({ length: 8 }, () => obtainSecret(asked)));
  expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
  const path = join(asked.folder, 'blob-url.secret');
  expect(await readFile(path)).toEqual(secrets[0]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await obtainSecret(asked)).toEqual(secrets[0]);
  expect(await obtainSecret({ ...asked, name: 'opaque-id' })).not.toEqual(secrets[0]);
});

test('a secret that others can read is refused', async () => {
  const asked = await request();
  await obtainSecret(asked);
  const path = join(asked.folder, 'blob-url.secret');
  await chmod(path, 0o644);
  await expect(obtainSecret(asked)).rejects.toThrow('can be read by other users (mode 0644)');
  await chmod(path, 0o600);
  await chmod(asked.folder, 0o755);
  await expect(obtainSecret(asked)).rejects.toThrow('can be read by other users (mode 0755)');
});

test('a secret of another length is refused, not replaced', async () => {
  const asked = await request();
  await obtainSecret(asked);
  const path = join(asked.folder, 'blob-url.secret');
  await writeFile(path, 'cut');
  await expect(obtainSecret(asked)).rejects.toThrow('holds 3 bytes where the secret has 32');
  expect(await readFile(path, 'utf8')).toBe('cut');
});

test.each(['../evil', 'Upper', '', 'a/b', 'a.b'])('no secret is named %j', async (name) => {
  const asked = await request();
  await expect(obtainSecret({ ...asked, name })).rejects.toMatchObject({ code: 'INTERNAL' });
});

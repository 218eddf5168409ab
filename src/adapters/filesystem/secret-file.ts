import { join } from 'node:path';
import { DomainError } from '../../domain/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import { makeDurableFolder, syncFolder } from './durable-folders.ts';
import { guarded } from './file-errors.ts';
import { makePrivateFile, readPrivateFile, refuseReadableByOthers } from './private-file.ts';

export interface SecretRequest {
  /** Folder of the hub's keys; made with mode 0700 when missing. */
  readonly folder: string;
  /** Lower-case words joined by dashes, such as `blob-url`. */
  readonly name: string;
  readonly bytes: number;
  readonly ids: Ids;
}

const SECRET_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * The hub's secret of this name, in the file `<name>.secret` with mode 0600. The first call ever
 * makes it, durable before it is used; all processes on the folder get the same bytes.
 */
export function obtainSecret({ folder, name, bytes, ids }: SecretRequest): Promise<Buffer> {
  return guarded(`the secret ${name}`, async () => {
    if (!SECRET_NAME.test(name)) throw new DomainError('INTERNAL', 'no name for a secret');
    await makeDurableFolder(folder);
    await refuseReadableByOthers(folder);
    const path = join(folder, `${name}.secret`);
    const there = await readPrivateFile(path);
    if (there === null) await makePrivateFile(path, ids.bytes(bytes), ids);
    await refuseReadableByOthers(path);
    // Whoever made the secret may have been killed before its name was durable.
    await syncFolder(folder);
    const secret = there ?? (await readPrivateFile(path));
    if (secret?.byteLength === bytes) return secret;
    throw new DomainError(
      'INTERNAL',
      `${path} holds ${secret?.byteLength ?? 0} bytes where the secret has ${bytes}; ` +
        'restore it from its own safe copy, or remove it to have a new one made',
    );
  });
}

import { link, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '../../domain/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import { FILE_MODE, syncFolder } from './durable-folders.ts';
import { codeOf, isMissing } from './file-errors.ts';

/** Bits of a mode that let the group or others in. */
const OTHERS = 0o077;
const DRAFT = '.draft';

/**
 * Writes a file that must not be there yet, whole and durable, and says whether it was there.
 * The bytes are synced before the name exists, so that nobody ever reads half a key; and a link
 * never replaces, so that of two processes making the same key only one succeeds.
 */
export async function makePrivateFile(
  path: string,
  bytes: Uint8Array,
  ids: Ids,
): Promise<'made' | 'was there'> {
  const folder = dirname(path);
  const draft = join(folder, `${basename(path)}.${ids.uuid()}${DRAFT}`);
  const handle = await open(draft, 'wx', FILE_MODE);
  try {
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await linkIfFree(draft, path);
  } finally {
    await rm(draft, { force: true });
    await syncFolder(folder);
  }
}

async function linkIfFree(draft: string, path: string): Promise<'made' | 'was there'> {
  try {
    await link(draft, path);
    return 'made';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'was there';
    throw error;
  }
}

export async function readPrivateFile(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Removes drafts that a killed process left; one that is in use now is younger than this. */
export async function removeDrafts(folder: string, olderThanMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(DRAFT)) continue;
    const path = join(folder, name);
    if ((await modifiedMs(path)) < olderThanMs) await rm(path, { force: true });
  }
}

async function modifiedMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** Refuses to go on with keys that other users of the machine can read. */
export async function refuseReadableByOthers(path: string): Promise<void> {
  const found = await stat(path);
  if ((found.mode & OTHERS) === 0) return;
  const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
  const wanted = found.isDirectory() ? '700' : '600';
  throw new DomainError(
    'INTERNAL',
    `${path} can be read by other users (mode ${mode}); keys must be private: ` +
      `run "chmod ${wanted} ${path}", and replace the keys if others may have read them`,
    { details: { reason: 'READABLE_BY_OTHERS' } },
  );
}

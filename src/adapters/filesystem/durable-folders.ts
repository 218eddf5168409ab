import { mkdir, open } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { BoundedCache } from './bounded-cache.ts';
import { codeOf } from './file-errors.ts';

/** Folders of the stores are for the hub alone: they hold what runs and people wrote. */
export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

/** Folders that are remembered as durable; a forgotten one costs a few syncs, nothing else. */
const FOLDERS_KNOWN_MAX = 100_000;

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the folder and those above it, and syncs every folder that got a new name. */
export async function makeDurableFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  const highest = first === undefined ? path : resolve(first);
  for (let below = path; below.length >= highest.length; below = dirname(below)) {
    await syncParent(below);
    if (below === dirname(below)) return;
  }
}

/** A parent that the hub may pass but not read was not made by it, and needs no sync. */
async function syncParent(folder: string): Promise<void> {
  try {
    await syncFolder(dirname(folder));
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
  }
}

/**
 * Folders below a root, made durable once in the life of the process. That a folder is there does
 * not prove that its name is durable: whoever made it may still be about to sync it, or may have
 * been killed before. So the first use syncs it, and calls at the same time wait for one sync.
 */
export class DurableFolders {
  readonly #root: string;
  readonly #known = new BoundedCache<string, Promise<void>>(FOLDERS_KNOWN_MAX);

  constructor(root: string) {
    this.#root = root;
  }

  /** `below` is a relative path of the root with the system's separators. */
  async obtain(below: string): Promise<string> {
    const folder = join(this.#root, below);
    const levels = levelsOf(below);
    if (levels.some((level) => this.#known.get(level) === undefined)) {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    }
    await Promise.all(levels.map((level) => this.#syncName(level)));
    return folder;
  }

  /** The folder was there before this is called, so a sync that begins now covers its name. */
  #syncName(level: string): Promise<void> {
    const known = this.#known.get(level);
    if (known !== undefined) return known;
    const syncing = syncFolder(dirname(join(this.#root, level))).catch((error: unknown) => {
      this.#known.delete(level);
      throw error;
    });
    this.#known.set(level, syncing);
    return syncing;
  }
}

/** `a/b/c` has the levels `a`, `a/b` and `a/b/c`. */
function levelsOf(below: string): string[] {
  const names = below.split(sep);
  return names.map((_, at) => names.slice(0, at + 1).join(sep));
}

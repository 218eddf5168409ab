import { mkdir, open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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
    const parent = dirname(below);
    if (parent !== '.') await this.obtain(parent);
    const known = this.#known.get(below);
    if (known !== undefined) {
      await known;
      return join(this.#root, below);
    }
    const making = this.#make(below, parent);
    this.#known.set(below, making);
    await making;
    return join(this.#root, below);
  }

  async #make(below: string, parent: string): Promise<void> {
    try {
      await mkdir(join(this.#root, below), { recursive: true, mode: FOLDER_MODE });
      await syncFolder(join(this.#root, parent));
    } catch (error) {
      this.#known.delete(below);
      throw error;
    }
  }
}

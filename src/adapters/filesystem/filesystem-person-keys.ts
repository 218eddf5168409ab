import { existsSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActorRef } from '../../domain/actor.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { PERSON_KEY_BYTES, type PersonKeys } from '../../ports/person-keys.ts';
import { BoundedCache } from './bounded-cache.ts';
import { makeDurableFolder, syncFolder } from './durable-folders.ts';
import { guarded, isMissing } from './file-errors.ts';
import { KeyedQueue } from './keyed-queue.ts';
import {
  makePrivateFile,
  readPrivateFile,
  refuseReadableByOthers,
  removeDrafts,
} from './private-file.ts';
import { Turnstile } from './turnstile.ts';

/** Keys that are kept in memory. */
export const PERSON_KEYS_CACHED_MAX = 10_000;
/** A half-made key of a killed process is removed at start when it is older than this. */
const DRAFT_AGE_MS = 60 * 60 * 1000;
/** People whose keys are looked at on disk at once. */
const KEY_FILES_OPEN_MAX = 64;
const WHAT = 'the store of person keys';
const PERSON = /^act:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const KEY = '.key';
const TOMBSTONE = '.destroyed';

export interface FilesystemPersonKeysOptions {
  /** Folder of the hub's keys; made with mode 0700 when missing. */
  readonly folder: string;
  readonly ids: Ids;
  readonly clock: Clock;
}

/**
 * Keys as files: `people/<uuid>.key`, 32 bytes, mode 0600. A destroyed key leaves an empty
 * `people/<uuid>.destroyed`, which is durable before the key goes: a crash in between is finished
 * at the next start, and the person never gets another key. One folder may serve several
 * processes; keep it out of backups, or an erased person's key would come back with one.
 */
export async function openFilesystemPersonKeys(
  options: FilesystemPersonKeysOptions,
): Promise<PersonKeys> {
  return guarded(WHAT, async () => {
    const people = join(options.folder, 'people');
    await makeDurableFolder(people);
    await refuseReadableByOthers(options.folder);
    await refuseReadableByOthers(people);
    await removeDrafts(people, options.clock.nowMs() - DRAFT_AGE_MS);
    await checkFiles(people, options.ids);
    return new FilesystemPersonKeys(people, options.ids);
  });
}

async function checkFiles(people: string, ids: Ids): Promise<void> {
  const names = new Set(await readdir(people));
  for (const name of names) {
    const path = join(people, name);
    // Another process may destroy a key meanwhile.
    if (!name.endsWith(KEY) || !(await isThere(path))) continue;
    await refuseReadableByOthers(path);
    if (names.has(name.replace(KEY, TOMBSTONE))) await wipe(path, ids);
  }
  await syncFolder(people);
}

class FilesystemPersonKeys implements PersonKeys {
  readonly #people: string;
  readonly #ids: Ids;
  readonly #cached = new BoundedCache<ActorRef, Buffer>(PERSON_KEYS_CACHED_MAX);
  readonly #queue = new KeyedQueue<ActorRef>();
  readonly #turnstile = new Turnstile(KEY_FILES_OPEN_MAX);

  constructor(people: string, ids: Ids) {
    this.#people = people;
    this.#ids = ids;
  }

  obtain(person: ActorRef): Promise<Buffer> {
    return this.#inTurn(person, async () => {
      const cached = this.#fromCache(person);
      if (cached !== null) return cached;
      const path = this.#path(person, KEY);
      if (!(await isThere(path))) {
        await this.#refuseDestroyed(person);
        await makePrivateFile(path, this.#ids.bytes(PERSON_KEY_BYTES), this.#ids);
      } else {
        // Whoever made the key may have been killed before its name was durable.
        await syncFolder(this.#people);
      }
      const key = await this.#load(person);
      if (key === null) throw destroyed();
      return key;
    });
  }

  find(person: ActorRef): Promise<Buffer | null> {
    return this.#inTurn(person, async () => this.#fromCache(person) ?? this.#load(person));
  }

  destroy(person: ActorRef): Promise<void> {
    return this.#inTurn(person, async () => {
      this.#forget(person);
      await makePrivateFile(this.#path(person, TOMBSTONE), Buffer.alloc(0), this.#ids);
      await wipe(this.#path(person, KEY), this.#ids);
      await syncFolder(this.#people);
    });
  }

  #inTurn<T>(person: ActorRef, work: () => Promise<T>): Promise<T> {
    return guarded(WHAT, () => this.#queue.run(person, () => this.#turnstile.run(work)));
  }

  /**
   * Another process may have destroyed the key, so the cache counts only while the file is there.
   * The look is synchronous: it takes microseconds, and a page of facts needs a thousand of them.
   */
  #fromCache(person: ActorRef): Buffer | null {
    const cached = this.#cached.get(person);
    if (cached === undefined) return null;
    if (existsSync(this.#path(person, KEY))) return Buffer.from(cached);
    this.#forget(person);
    return null;
  }

  /**
   * Reads the key first and looks for the tombstone after it; `destroy` writes the tombstone first
   * and removes the key after it. So in any order of the two no key of a destroyed person remains.
   */
  async #load(person: ActorRef): Promise<Buffer | null> {
    const path = this.#path(person, KEY);
    const key = await readPrivateFile(path);
    if (key === null) return null;
    if (await isThere(this.#path(person, TOMBSTONE))) {
      await wipe(path, this.#ids);
      await syncFolder(this.#people);
      return null;
    }
    if (key.byteLength !== PERSON_KEY_BYTES) {
      throw new DomainError('INTERNAL', 'a person key is damaged: its file has another length');
    }
    this.#cached.set(person, key);
    return Buffer.from(key);
  }

  async #refuseDestroyed(person: ActorRef): Promise<void> {
    if (await isThere(this.#path(person, TOMBSTONE))) throw destroyed();
  }

  #forget(person: ActorRef): void {
    this.#cached.get(person)?.fill(0);
    this.#cached.delete(person);
  }

  #path(person: ActorRef, ending: string): string {
    const uuid = PERSON.exec(person)?.[1];
    if (uuid === undefined) throw invalidInput('not a pseudonym of the form act:<uuid>');
    return join(this.#people, `${uuid}${ending}`);
  }
}

/** Overwrites before unlinking. A disk that writes elsewhere keeps the old bytes for a while. */
async function wipe(path: string, ids: Ids): Promise<void> {
  try {
    const handle = await open(path, 'r+');
    try {
      await handle.write(ids.bytes(PERSON_KEY_BYTES), 0, PERSON_KEY_BYTES, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rm(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function destroyed(): DomainError {
  return new DomainError('FORBIDDEN', "the person's key was destroyed: their data is erased");
}

import { constants } from 'node:fs';
import { copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '../../domain/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import { syncFolder } from './durable-folders.ts';
import { isMissing } from './file-errors.ts';
import { FileLock, type HeldFileLock } from './file-lock.ts';

/** How often a write is begun anew by a process that was stopped for too long meanwhile. */
const ATTEMPTS_MAX = 3;

/** Tells the work under a lock whether it still has it. */
export interface LogGuard {
  /** Throws when another process works on the log by now; what was done is to be done anew. */
  check(): Promise<void>;
}

/** Nobody else writes here: nothing is to be checked. */
export const ALONE: LogGuard = { check: async () => {} };

class LockLost extends Error {}

/**
 * The lock of a log that several processes append to. One that was killed or stopped while it had
 * the lock may have a write under way, which the system does when the process goes on. So whoever
 * takes a lock that was left puts a copy in the place of the file: a late write reaches the old
 * file, which nobody reads any more, and is never acknowledged, since the lock is looked at after
 * it. Copies of one that was stopped while it made one go first, so that it cannot put one in
 * the place of a newer log.
 */
export class TelemetryLogLock {
  readonly #path: string;
  readonly #ids: Ids;
  readonly #lock: FileLock;

  constructor(path: string, ids: Ids) {
    this.#path = path;
    this.#ids = ids;
    this.#lock = new FileLock({ folder: dirname(path), name: basename(path), ids });
  }

  /** Runs the work while no other process may do its own; again when the lock was lost. */
  async run<T>(work: (guard: LogGuard) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const held = await this.#lock.take();
      try {
        const done = await this.#runHeld(held, work);
        await giveBack(held);
        return done;
      } catch (error) {
        if (!(error instanceof LockLost)) {
          await giveBack(held);
          throw error;
        }
        held.leave();
        if (attempt === ATTEMPTS_MAX) throw stoodStill();
      }
    }
  }

  async #runHeld<T>(held: HeldFileLock, work: (guard: LogGuard) => Promise<T>): Promise<T> {
    const guard: LogGuard = {
      check: async () => {
        if (!(await held.isHeld())) throw new LockLost();
      },
    };
    if (held.before === 'left') await this.#replace(guard);
    return work(guard);
  }

  async #replace(guard: LogGuard): Promise<void> {
    const folder = dirname(this.#path);
    const start = `${basename(this.#path)}.copy-`;
    for (const name of await readdir(folder)) {
      if (name.startsWith(start)) await rm(join(folder, name), { force: true });
    }
    const copy = join(folder, `${start}${this.#ids.uuid()}`);
    try {
      await copyFile(this.#path, copy, constants.COPYFILE_FICLONE);
      await syncFile(copy);
      await guard.check();
      await rename(copy, this.#path);
      await syncFolder(folder);
    } catch (error) {
      await rm(copy, { force: true });
      // Before the first write there is no log; a copy that is gone was removed by another one.
      if (!isMissing(error)) throw error;
      await guard.check();
    }
  }
}

/** What was done is durable by now, so a lock that cannot be given back is only left. */
async function giveBack(held: HeldFileLock): Promise<void> {
  await held.release().catch(() => held.leave());
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function stoodStill(): DomainError {
  const text = 'this process stood still for seconds again and again while it wrote a log';
  return new DomainError('UNAVAILABLE', `${text}; see to the load of the machine`);
}

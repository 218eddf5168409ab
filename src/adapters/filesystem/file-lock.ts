import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../domain/errors.ts';
import type { Ids } from '../../ports/ids.ts';
import { FILE_MODE } from './durable-folders.ts';
import { codeOf, isMissing } from './file-errors.ts';

/** A holder that gives no sign for so long is dead or stands still, in milliseconds. */
export const LOCK_SILENT_MS = 5_000;
/** How often a holder gives a sign, in milliseconds. */
const SIGN_EVERY_MS = 1_000;
/** How long anybody waits for a lock, in milliseconds. */
export const LOCK_WAIT_MS_MAX = 20_000;
/** Pauses between two looks at a lock that another one has, in milliseconds. */
const LOOK_FIRST_MS = 2;
const LOOK_LAST_MS = 50;
const SIGN_DIGITS = 6;
const FREE = 'free';

export interface FileLockOptions {
  readonly folder: string;
  /** Files of the lock are `<name>.lock-<number>`. */
  readonly name: string;
  readonly ids: Ids;
}

export interface HeldFileLock {
  /** `left`: who had it before did not give it back, and may still believe to have it. */
  readonly before: 'given back' | 'left';
  /** Whether it is this process's still; no other one has begun to work if it is. */
  isHeld(): Promise<boolean>;
  /** Gives it back: whoever takes it next need not fear this process. */
  release(): Promise<void>;
  /** Gives no sign any more: the next one finds it left, as that of a killed process. */
  leave(): void;
}

/**
 * A lock among processes that share a folder, on any file system that makes a name only once. Each
 * taking has a number and a file of its own, one above the highest there is, and that file stays
 * until there is a higher one: so nobody can take a lock twice, or end one that it did not see.
 * Whoever takes it removes the files of those before, and thereby tells them. A process that is
 * stopped right behind its look at the lock acts all the same when it goes on: whoever finds
 * the lock left must see to it that this does no harm.
 */
export class FileLock {
  readonly #options: FileLockOptions;
  readonly #start: string;

  constructor(options: FileLockOptions) {
    this.#options = options;
    this.#start = `${options.name}.lock-`;
  }

  async take(): Promise<HeldFileLock> {
    const watched = new Watched();
    const startedAt = performance.now();
    for (let pauseMs = LOOK_FIRST_MS; ; pauseMs = Math.min(LOOK_LAST_MS, pauseMs * 2)) {
      const held = await this.#tryToTake(watched);
      if (held !== null) return held;
      if (performance.now() - startedAt > LOCK_WAIT_MS_MAX) throw this.#busy();
      await new Promise((wake) => setTimeout(wake, pauseMs));
    }
  }

  async #tryToTake(watched: Watched): Promise<HeldFileLock | null> {
    const numbers = await this.#numbers();
    const highest = numbers.at(-1);
    const found = highest === undefined ? FREE : await this.#contentOf(highest);
    // Its file is gone: there is a higher one by now.
    if (found === null) return null;
    const isFree = found.startsWith(FREE);
    if (!isFree && !watched.isSilent(`${highest} ${found}`)) return null;
    return this.#takeNumber((highest ?? 0) + 1, isFree ? 'given back' : 'left');
  }

  async #takeNumber(number: number, before: HeldFileLock['before']): Promise<HeldFileLock | null> {
    const path = this.#pathOf(number);
    const token = this.#options.ids.uuid();
    try {
      await writeFile(path, contentOf(token, 0), { flag: 'wx', mode: FILE_MODE });
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return null;
      throw error;
    }
    const numbers = await this.#numbers();
    if (numbers.at(-1) !== number) {
      await rm(path, { force: true });
      return null;
    }
    // From the lowest up: a file that is there proves that those above it are, too.
    for (const other of numbers.slice(0, -1)) await rm(this.#pathOf(other), { force: true });
    return new HeldNumber(path, token, before);
  }

  async #numbers(): Promise<number[]> {
    const names = await readdir(this.#options.folder);
    return names
      .filter((name) => name.startsWith(this.#start))
      .map((name) => Number(name.slice(this.#start.length)))
      .filter((number) => Number.isSafeInteger(number) && number > 0)
      .sort((a, b) => a - b);
  }

  async #contentOf(number: number): Promise<string | null> {
    return readIfThere(this.#pathOf(number));
  }

  #pathOf(number: number): string {
    return join(this.#options.folder, `${this.#start}${number}`);
  }

  #busy(): DomainError {
    const text = `other processes have held ${this.#options.name} for too long; try again`;
    return new DomainError('UNAVAILABLE', text);
  }
}

/** How long what was seen of a lock has not changed. */
class Watched {
  #seen: string | null = null;
  #sinceMs = 0;

  isSilent(seen: string): boolean {
    const now = performance.now();
    if (seen === this.#seen) return now - this.#sinceMs >= LOCK_SILENT_MS;
    this.#seen = seen;
    this.#sinceMs = now;
    return false;
  }
}

class HeldNumber implements HeldFileLock {
  readonly before: HeldFileLock['before'];
  readonly #path: string;
  readonly #token: string;
  readonly #timer: NodeJS.Timeout;
  #signs = 0;
  #signing: Promise<void> = Promise.resolve();

  constructor(path: string, token: string, before: HeldFileLock['before']) {
    this.before = before;
    this.#path = path;
    this.#token = token;
    this.#timer = setInterval(() => this.#sign(), SIGN_EVERY_MS);
    this.#timer.unref();
  }

  async isHeld(): Promise<boolean> {
    return (await readIfThere(this.#path))?.includes(this.#token) ?? false;
  }

  leave(): void {
    clearInterval(this.#timer);
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#signing;
    if (await this.isHeld()) await writeIfThere(this.#path, FREE);
  }

  #sign(): void {
    this.#signs += 1;
    const content = contentOf(this.#token, this.#signs);
    this.#signing = this.#signing
      .then(() => writeIfThere(this.#path, content))
      // A sign that cannot be given is missed by those who wait; that is all.
      .catch(() => undefined);
  }
}

function contentOf(token: string, signs: number): string {
  return `held ${token} ${String(signs).padStart(SIGN_DIGITS, '0')}`;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Over what is there, without making it shorter first: readers never see it empty. */
async function writeIfThere(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'r+' });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

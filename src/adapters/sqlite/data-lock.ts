import { DomainError } from '../../domain/errors.ts';
import { openDatabase } from './driver.ts';

/** A held lock; it also goes when the process ends, however it ends. */
export interface DataLock {
  release(): void;
}

/**
 * Takes the lock of a data folder: an exclusive transaction on a file of its own, which the
 * operating system lets go of when the process dies. CONFLICT when another process holds it.
 */
export function holdDataLock(file: string): DataLock {
  const database = openDatabase({ file, access: 'read-write', busyMsMax: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new DomainError('CONFLICT', 'another hub is running on this data folder', { cause });
  }
  return { release: () => database.close() };
}

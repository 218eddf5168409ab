import { DomainError } from '../../domain/errors.ts';
import { type Database, openDatabase } from './driver.ts';
import { migrateOperational } from './operational-schema.ts';

export interface OperationalFile {
  readonly file: string;
  /** How long a statement waits for another connection's lock, in milliseconds. */
  readonly busyMsMax: number;
}

/** A connection to the operational store's file, whose tables are of the newest version. */
export function openOperational({ file, busyMsMax }: OperationalFile): Database {
  const database = openFile({ file, busyMsMax });
  try {
    database.prepare('pragma journal_mode = wal').all();
    database.exec('pragma synchronous = full');
    migrateOperational(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The library gives no code for a file that it cannot open. */
function openFile(options: OperationalFile): Database {
  try {
    return openDatabase({ ...options, access: 'read-write' });
  } catch (cause) {
    throw new DomainError('UNAVAILABLE', 'the operational store cannot be opened', { cause });
  }
}

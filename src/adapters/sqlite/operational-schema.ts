import { readdirSync, readFileSync } from 'node:fs';
import { DomainError } from '../../domain/errors.ts';
import type { Database } from './driver.ts';

/** The folder lies at the same distance from src/adapters/sqlite and from dist/adapters/sqlite. */
const FOLDER = new URL('../../../schema/sqlite-operational/', import.meta.url);
const NUMBERED = /^\d{4}-.+\.sql$/;

/** Brings the tables to the newest version; the file itself keeps the number of its version. */
export function migrateOperational(database: Database): void {
  const steps = readdirSync(FOLDER)
    .filter((name) => NUMBERED.test(name))
    .sort();
  database.exec('begin immediate');
  try {
    const present = Number(database.prepare('pragma user_version').all()[0]?.[0] ?? 0);
    if (present > steps.length) {
      throw new DomainError(
        'UNAVAILABLE',
        `the operational store has schema ${present} and this release knows schemas up to ` +
          `${steps.length}: it was written by a newer release`,
      );
    }
    for (const name of steps.slice(present)) {
      database.exec(readFileSync(new URL(name, FOLDER), 'utf8'));
    }
    database.exec(`pragma user_version = ${steps.length}`);
    database.exec('commit');
  } catch (error) {
    if (database.inTransaction()) database.exec('rollback');
    throw error;
  }
}

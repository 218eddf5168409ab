import { readdirSync, readFileSync } from 'node:fs';
import { DomainError } from '../../domain/errors.ts';
import type { Database } from './driver.ts';

/** The folder lies at the same distance from src/adapters/sqlite and from dist/adapters/sqlite. */
const SCHEMA = new URL('../../../schema/', import.meta.url);
const NUMBERED = /^\d{4}-.+\.sql$/;

export interface NumberedSchema {
  /** The folder below schema/ whose numbered files are the steps from version to version. */
  readonly folder: string;
  /** Whose tables they are, in words. */
  readonly owner: string;
}

/** Brings the tables to the newest version; the file itself keeps the number of its version. */
export function applyNumbered(database: Database, { folder, owner }: NumberedSchema): void {
  const place = new URL(`${folder}/`, SCHEMA);
  const steps = readdirSync(place)
    .filter((name) => NUMBERED.test(name))
    .sort();
  database.exec('begin immediate');
  try {
    const present = Number(database.prepare('pragma user_version').all()[0]?.[0] ?? 0);
    if (present > steps.length) {
      throw new DomainError(
        'UNAVAILABLE',
        `${owner} has schema ${present} and this release knows schemas up to ` +
          `${steps.length}: it was written by a newer release`,
      );
    }
    for (const name of steps.slice(present)) {
      database.exec(readFileSync(new URL(name, place), 'utf8'));
    }
    database.exec(`pragma user_version = ${steps.length}`);
    database.exec('commit');
  } catch (error) {
    if (database.inTransaction()) database.exec('rollback');
    throw error;
  }
}

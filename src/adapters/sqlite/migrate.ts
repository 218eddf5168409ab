import { readdirSync, readFileSync } from 'node:fs';
import { DomainError } from '../../domain/errors.ts';
import type { Database } from './driver.ts';

/** The folder lies at the same distance from src/adapters/sqlite and from dist/adapters/sqlite. */
const FOLDER = new URL('../../../schema/sqlite/', import.meta.url);
const NUMBERED = /^(\d{4})-.+\.sql$/;

interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Brings the tables of a database that is open for writing to the newest version. */
export function migrate(database: Database): void {
  database.exec('create table if not exists meta (key text primary key, value text) without rowid');
  database.exec('begin immediate');
  try {
    const present = schemaVersion(database);
    const known = migrations();
    refuseNewer(present, known);
    for (const { version, sql } of known) {
      if (version <= present) continue;
      database.exec(sql);
      setMeta(database, 'schema', String(version));
    }
    database.exec('commit');
  } catch (error) {
    if (database.inTransaction()) database.exec('rollback');
    throw error;
  }
}

/** A reader cannot change tables, so it refuses every version but the one it knows. */
export function refuseOtherSchema(database: Database): void {
  const present = schemaVersion(database);
  const known = migrations();
  refuseNewer(present, known);
  if (present === known.length) return;
  throw new DomainError(
    'UNAVAILABLE',
    `the lineage store has schema ${present} and this release reads ${known.length}: ` +
      'open it for writing once to bring it up to date',
  );
}

/**
 * A new database gets the version; one that another projection built is refused, since its rows
 * would mean something else. Null asks for no check.
 */
export function holdProjectionVersion(database: Database, wanted: number | null): void {
  if (wanted === null) return;
  const present = projectionVersion(database);
  if (present === null) setMeta(database, 'projection', String(wanted));
  else refuseOtherProjection(present, wanted);
}

export function checkProjectionVersion(database: Database, wanted: number | null): void {
  const present = projectionVersion(database);
  if (wanted !== null && present !== null) refuseOtherProjection(present, wanted);
}

function refuseOtherProjection(present: number, wanted: number): void {
  if (present === wanted) return;
  throw new DomainError(
    'UNAVAILABLE',
    `the graph was built by projection ${present} and this release builds projection ${wanted}: ` +
      'replay the log into a new store',
  );
}

function projectionVersion(database: Database): number | null {
  const text = meta(database, 'projection');
  return text === undefined ? null : Number(text);
}

function refuseNewer(present: number, known: readonly Migration[]): void {
  if (present <= known.length) return;
  throw new DomainError(
    'UNAVAILABLE',
    `the lineage store has schema ${present} and this release knows schemas up to ` +
      `${known.length}: it was written by a newer release`,
  );
}

/** Every migration there is, by number; they count from 1 without gaps. */
function migrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => NUMBERED.test(name))
    .sort()
    .map((name, at) => {
      const version = Number(NUMBERED.exec(name)?.[1]);
      if (version !== at + 1) throw new Error(`migration ${at + 1} is missing before ${name}`);
      return { version, sql: readFileSync(new URL(name, FOLDER), 'utf8') };
    });
}

function schemaVersion(database: Database): number {
  return Number(meta(database, 'schema') ?? 0);
}

function meta(database: Database, key: string): string | undefined {
  const row = database.prepare('select value from meta where key = ?').all(key)[0];
  return row === undefined ? undefined : String(row[0]);
}

function setMeta(database: Database, key: string, value: string): void {
  database
    .prepare(
      'insert into meta (key, value) values (?, ?) ' +
        'on conflict (key) do update set value = excluded.value',
    )
    .run(key, value);
}

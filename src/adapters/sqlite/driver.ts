import { pathToFileURL } from 'node:url';
import Libsql from 'libsql';

export type Cell = string | number | null | Uint8Array;

/** A prepared statement. Rows are arrays in the order of the selected columns. */
export interface Statement {
  /** Runs to the end and tells how many rows it changed. */
  run(...values: readonly Cell[]): number;
  /** Reads to the end, so that no snapshot stays open behind it. */
  all(...values: readonly Cell[]): Cell[][];
}

/** The little of an SQLite library that the store needs; another library fits in here. */
export interface Database {
  /** A statement for this text; equal texts share one. */
  prepare(sql: string): Statement;
  exec(sql: string): void;
  inTransaction(): boolean;
  close(): void;
}

export interface DatabaseOptions {
  readonly file: string;
  readonly access: 'read-write' | 'read-only';
  /** How long a statement waits for another connection's lock. */
  readonly busyMsMax: number;
}

/** An error of the library that carries SQLite's own code, for example `SQLITE_BUSY`. */
export interface SqliteError extends Error {
  readonly code: string;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && /^SQLITE_/.test(String(error.code));
}

/** Most statements that one connection keeps compiled. */
const STATEMENTS_MAX = 256;

export function openDatabase({ file, access, busyMsMax }: DatabaseOptions): Database {
  const name = access === 'read-only' ? `${pathToFileURL(file).href}?mode=ro` : file;
  const library = connect(name, busyMsMax);
  const statements = new Map<string, Statement>();
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known) return known;
      const made = adapt(library.prepare(sql));
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      statements.set(sql, made);
      return made;
    },
    exec: (sql) => void library.exec(sql),
    inTransaction: () => library.inTransaction,
    close: () => void library.close(),
  };
}

/** The library tells why it cannot open a file in words only. */
function connect(name: string, busyMsMax: number): Libsql.Database {
  try {
    return new Libsql(name, { timeout: busyMsMax });
  } catch (cause) {
    const fault = new Error(`cannot open ${name}: ${(cause as Error).message}`, { cause });
    throw Object.assign(fault, { code: 'SQLITE_CANTOPEN' });
  }
}

/** Values go in as one array: the library takes a lone blob or null for a bag of names. */
function adapt(statement: Libsql.Statement): Statement {
  if (statement.reader) statement.raw();
  return {
    run: (...values) => statement.run(values).changes,
    all: (...values) => statement.all(values) as Cell[][],
  };
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { DomainError } from '../../domain/errors.ts';
import { type Bolt, type BoltTransaction, int, type Statement } from './bolt.ts';
import { translated } from './failures.ts';

/** The folder lies at the same distance from src/adapters/neo4j and from dist/adapters/neo4j. */
const FOLDER = new URL('../../../schema/graph/', import.meta.url);
const NUMBERED = /^(\d{4})-.+\.cypher$/;
/** How long bringing a database up to date may take, in milliseconds: indexes are filled then. */
const MIGRATE_MS_MAX = 600_000;
const ROLLBACK_MS_MAX = 5_000;

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
  /** SHA-256 of the statements without comments and spaces between them. */
  readonly digest: string;
}

interface Present {
  readonly digests: readonly string[];
  readonly projection: number | null;
}

/** Makes two hubs that start at once agree on who goes first; safe to run again at any time. */
const META_NAME = 'CREATE CONSTRAINT meta_name IF NOT EXISTS FOR (m:Meta) REQUIRE m.name IS UNIQUE';
const META = "MERGE (m:Meta {name: 'schema'})";
const LOCK = "MATCH (m:Meta {name: 'schema'}) SET m._lock = true";
const PRESENT = `OPTIONAL MATCH (m:Meta {name: 'schema'})
  RETURN m.projection, COLLECT { MATCH (g:Migration) RETURN g.digest ORDER BY g.version }`;
const RECORD = `UNWIND $rows AS r MERGE (g:Migration {version: r.version})
  SET g.name = r.name, g.digest = r.digest`;
const PROJECTION = "MATCH (m:Meta {name: 'schema'}) SET m.projection = $projection";
const AWAIT_INDEXES = 'CALL db.awaitIndexes(300)';

/**
 * Brings the schema of the database to the newest version, each migration once, and holds the
 * projection's version. A database that another projection or a newer release built is refused.
 */
export async function migrate(bolt: Bolt, projection: number | null): Promise<void> {
  const known = migrations();
  if (isUpToDate(await readPresent(bolt), known, projection)) return;
  await bolt.write([META_NAME, {}]);
  await bolt.write([META, {}]);
  const lock = bolt.begin(MIGRATE_MS_MAX);
  try {
    await lock.run([[LOCK, {}]]);
    const present = await readPresentIn(lock);
    if (!isUpToDate(present, known, projection))
      await apply(bolt, lock, { present, known, projection });
    await lock.commit(MIGRATE_MS_MAX);
  } catch (error) {
    await lock.rollback(ROLLBACK_MS_MAX);
    throw translated(error, bolt.address);
  }
}

/** A reader cannot change the schema, so it refuses every version but the one it knows. */
export async function checkSchema(bolt: Bolt, projection: number | null): Promise<void> {
  const present = await readPresent(bolt);
  const known = migrations();
  if (isUpToDate(present, known, present.projection === null ? null : projection)) return;
  throw new DomainError(
    'UNAVAILABLE',
    `the lineage store has schema ${present.digests.length} and this release reads ` +
      `${known.length}: open it for writing once to bring it up to date`,
  );
}

/** False when something is to be done; throws when nothing can be done here. */
export function isUpToDate(
  present: Present,
  known: readonly Migration[],
  projection: number | null,
): boolean {
  const count = present.digests.length;
  if (count > known.length) {
    throw new DomainError(
      'UNAVAILABLE',
      `the lineage store has schema ${count} and this release knows schemas up to ` +
        `${known.length}: it was written by a newer release`,
    );
  }
  const other = present.digests.findIndex((digest, at) => digest !== known[at]?.digest);
  if (other !== -1) {
    throw new DomainError(
      'UNAVAILABLE',
      `migration ${known[other]?.name} of the lineage store is not the one of this release`,
    );
  }
  if (projection !== null && present.projection !== null && present.projection !== projection) {
    throw new DomainError(
      'UNAVAILABLE',
      `the graph was built by projection ${present.projection} and this release builds ` +
        `projection ${projection}: replay the log into a new store`,
    );
  }
  return count === known.length && (projection === null || present.projection === projection);
}

interface Work {
  readonly present: Present;
  readonly known: readonly Migration[];
  readonly projection: number | null;
}

/** Schema and data cannot change in one transaction, so the statements run beside the lock. */
async function apply(bolt: Bolt, lock: BoltTransaction, work: Work): Promise<void> {
  const { present, known, projection } = work;
  const missing = known.slice(present.digests.length);
  for (const { statements } of missing) {
    for (const text of statements) await bolt.write([text, {}]);
  }
  if (missing.length > 0) await bolt.write([AWAIT_INDEXES, {}]);
  const rows = missing.map(({ version, name, digest }) => ({
    version: int(version),
    name,
    digest,
  }));
  await lock.run([[RECORD, { rows }]]);
  if (projection !== null) await lock.run([[PROJECTION, { projection: int(projection) }]]);
}

async function readPresent(bolt: Bolt): Promise<Present> {
  return presentOf(await bolt.read([PRESENT, {}] satisfies Statement));
}

async function readPresentIn(lock: BoltTransaction): Promise<Present> {
  return presentOf((await lock.run([[PRESENT, {}]]))[0] ?? []);
}

function presentOf(rows: ReadonlyArray<readonly unknown[]>): Present {
  const [projection, digests] = rows[0] ?? [];
  return {
    projection: (projection as number | null) ?? null,
    digests: (digests as string[] | undefined) ?? [],
  };
}

/** Every migration there is, by number; they count from 1 without gaps. */
export function migrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => NUMBERED.test(name))
    .sort()
    .map((name, at) => {
      const version = Number(NUMBERED.exec(name)?.[1]);
      if (version !== at + 1) throw new Error(`migration ${at + 1} is missing before ${name}`);
      const statements = statementsOf(readFileSync(new URL(name, FOLDER), 'utf8'));
      const digest = createHash('sha256').update(JSON.stringify(statements)).digest('hex');
      return { version, name, statements, digest };
    });
}

/** Statements end with a semicolon at the end of a line; comments have lines of their own. */
export function statementsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('//'))
    .join('\n')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim().replace(/\s+/g, ' '))
    .filter((statement) => statement !== '');
}

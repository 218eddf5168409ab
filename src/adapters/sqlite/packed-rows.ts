import type { EdgeRow, NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { EdgeKind, NodeKind } from '../../domain/lineage/kinds.ts';
import type { Instant } from '../../domain/time.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import type { Cell, Database } from './driver.ts';

/**
 * Rows cross from a worker as one text, fields divided by NUL, which no stored text holds. SQLite
 * itself makes that text: building each value in JavaScript twice cost most of a large walk.
 */
export type PackedRows = Uint8Array<ArrayBuffer>;

export const NODE_COLUMNS: readonly string[] = [
  'n.id',
  'n.kind',
  "coalesce(n.project, '')",
  'n.name',
  'n.props',
  'n.identifiers',
  'n.since',
  'n.last',
  'n.recorded_at',
];

/** Columns of the edge `e` that is from the node `f` to the node `t`. */
export const EDGE_COLUMNS: readonly string[] = [
  'e.kind',
  'f.id',
  't.id',
  'e.since',
  "coalesce(e.until, '')",
  'e.recorded_at',
  'e.valid_from',
  "coalesce(e.valid_to, '')",
];

/** A statement whose single value is every row that `rest` (from, where, order by) finds. */
export function packedSql(columns: readonly string[], rest: string): string {
  // Not concat_ws: in some releases of SQLite it leaves out empty texts as if they were null.
  const line = columns.join(' || char(0) || ');
  return `select cast(group_concat(line, char(0)) as blob) from (select ${line} as line ${rest})`;
}

export function readPacked(database: Database, sql: string, values: readonly Cell[]): PackedRows {
  const cell = database.prepare(sql).all(...values)[0]?.[0];
  // A copy, because the library's own buffers cannot be handed to another thread.
  return cell instanceof Uint8Array ? new Uint8Array(cell) : new Uint8Array(0);
}

/** Reads fields one after another. */
export class PackedReader {
  readonly #text: string;
  #at = 0;

  constructor(packed: PackedRows) {
    this.#text = Buffer.from(packed.buffer, packed.byteOffset, packed.length).toString('utf8');
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  text(): string {
    const end = this.#text.indexOf('\0', this.#at);
    const field = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return field;
  }

  textOrNull(): string | null {
    return this.text() || null;
  }

  number(): number {
    return Number(this.text());
  }

  numberOrNull(): number | null {
    const text = this.text();
    return text === '' ? null : Number(text);
  }
}

export function readNode(packed: PackedReader): NodeRow {
  return {
    id: packed.text(),
    kind: packed.text() as NodeKind,
    project: packed.textOrNull(),
    name: packed.text(),
    props: JSON.parse(packed.text()) as JsonObject,
    identifiers: JSON.parse(packed.text()) as string[],
    since: packed.number(),
    last: packed.number(),
    recordedAt: packed.text() as Instant,
  };
}

export function readEdge(packed: PackedReader): EdgeRow {
  return {
    kind: packed.text() as EdgeKind,
    from: packed.text(),
    to: packed.text(),
    since: packed.number(),
    until: packed.numberOrNull(),
    recordedAt: packed.text() as Instant,
    validFrom: packed.text() as Instant,
    validTo: packed.textOrNull() as Instant | null,
  };
}

/** Rows decoded at one go; between two slices the event loop gets its turn. */
const SLICE_ROWS = 1_000;

export async function readAll<T>(
  packed: PackedRows,
  readRow: (reader: PackedReader) => T,
): Promise<T[]> {
  const reader = new PackedReader(packed);
  const rows: T[] = [];
  while (!reader.done) {
    if (rows.length > 0 && rows.length % SLICE_ROWS === 0) await nextTurn();
    rows.push(readRow(reader));
  }
  return rows;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

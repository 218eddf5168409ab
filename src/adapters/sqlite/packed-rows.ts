import type { EdgeRow, NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { EdgeKind, NodeKind } from '../../domain/lineage/kinds.ts';
import type { Instant } from '../../domain/time.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import type { Cell, Database } from './driver.ts';

/**
 * Rows cross from a worker as one text for each column, values divided by NUL, which no stored
 * text holds. SQLite itself joins them: making each value in JavaScript, once on either side,
 * was most of the cost of a large walk. No rows are no columns.
 */
export type PackedRows = readonly PackedBytes[];
export type PackedBytes = Uint8Array<ArrayBuffer>;

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

/** A statement whose single row packs all rows that `rest` (from, where, order by) finds. */
export function packedSql(columns: readonly string[], rest: string): string {
  const named = columns.map((column, at) => `${column} as c${at}`);
  const packed = columns.map((_, at) => `cast(group_concat(c${at}, char(0)) as blob)`);
  return `select ${packed.join(', ')} from (select ${named.join(', ')} ${rest})`;
}

export function readPacked(database: Database, sql: string, values: readonly Cell[]): PackedRows {
  const cells = database.prepare(sql).all(...values)[0] ?? [];
  // Copies, because the library's own buffers cannot be handed to another thread.
  return cells.flatMap((cell) => (cell instanceof Uint8Array ? [new Uint8Array(cell)] : []));
}

/** Reads packed rows, one column after the other, one row after the other. */
export class PackedReader {
  readonly #columns: readonly Column[];
  #column = 0;

  constructor(packed: PackedRows) {
    this.#columns = packed.map((bytes) => new Column(bytes));
  }

  /** Turns to the next row, if there is one. The first column holds no empty texts. */
  nextRow(): boolean {
    this.#column = 0;
    return this.#columns[0]?.done === false;
  }

  text(): string {
    const column = this.#columns[this.#column];
    this.#column += 1;
    return column?.next() ?? '';
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

class Column {
  readonly #text: string;
  #at = 0;

  constructor(bytes: PackedBytes) {
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  next(): string {
    const end = this.#text.indexOf('\0', this.#at);
    const field = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return field;
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
  while (reader.nextRow()) {
    if (rows.length > 0 && rows.length % SLICE_ROWS === 0) await nextTurn();
    rows.push(readRow(reader));
  }
  return rows;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import { closeSync, openSync } from 'node:fs';
import { DomainError } from '../../domain/errors.ts';
import { decodeValue } from '../../domain/values/value.ts';
import {
  KEYS_LISTED_MAX,
  type KeySummary,
  type SampledRows,
  type SampleQuestion,
  type ScannedRows,
  type ScanQuestion,
  type StreamKeys,
} from '../../ports/telemetry-columns.ts';
import type { TelemetryLine } from '../../ports/telemetry-line.ts';
import { TELEMETRY_READ_BYTES_MAX } from '../../ports/telemetry-store.ts';
import type { Block, Column } from './telemetry-column.ts';
import { type BlockKeys, type CountedKey, keysOf } from './telemetry-keys.ts';
import { takeLines } from './telemetry-log-lines.ts';
import type { Input, LoosePart, Part, Plan } from './telemetry-protocol.ts';
import { type Blocks, findRows, rowOf, sampleBlocks } from './telemetry-sample.ts';
import { SegmentBlock } from './telemetry-segment.ts';
import { TABLE_LINES_MIN, TelemetryTable } from './telemetry-table.ts';
import { WeighedCache } from './weighed-cache.ts';

/** Columns that are kept decoded, in bytes. */
export const COLUMNS_KEPT_BYTES_MAX = 96 * 1024 * 1024;
/** Tables of lines that no file holds yet, in bytes. */
export const TABLES_KEPT_BYTES_MAX = 96 * 1024 * 1024;
/** Indexes of files of columns, in bytes. */
export const INDEXES_KEPT_BYTES_MAX = 32 * 1024 * 1024;
/** What a value that is no number takes, about, in bytes. */
const OTHER_VALUE_BYTES = 96;

interface KeptTable {
  readonly table: TelemetryTable;
  readonly loose: LoosePart;
  readonly keys: BlockKeys | null;
}

/** Answers questions about streams in its thread, and keeps what it has decoded. */
export class TelemetryReader {
  readonly #segments = new WeighedCache<SegmentBlock>(INDEXES_KEPT_BYTES_MAX);
  readonly #columns = new WeighedCache<{ readonly column: Column | null }>(COLUMNS_KEPT_BYTES_MAX);
  readonly #tables = new WeighedCache<KeptTable>(TABLES_KEPT_BYTES_MAX);

  async sample(plan: Plan, question: SampleQuestion): Promise<SampledRows> {
    return { ...(await sampleBlocks(this.#blocksOf(plan, question), question)), complete: true };
  }

  async scan(plan: Plan, question: ScanQuestion): Promise<ScannedRows> {
    const blocks = this.#blocksOf(plan, question);
    const rows: Array<ScannedRows['rows'][number]> = [];
    for (let index = 0; index < blocks.count; index += 1) {
      const block = await blocks.at(index);
      const found = await findRows(block, { ...question, values: 'all' });
      for (let at = 0; at < found.rows.length; at += 1) {
        const row = found.rows[at] as number;
        if (rows.length === question.limit) return { rows, next: block.lineOf(row) };
        rows.push(rowOf(block, row, found.columns));
      }
    }
    return { rows, next: null };
  }

  keys(plan: Plan): StreamKeys {
    const keys = new Map<string, KeySummary>();
    const nested = new Set<string>();
    let lastStep = -1;
    for (const part of this.#narrow(plan)) {
      const own = part.segment ? this.#segment(plan, part).index : this.#keysOf(plan, part.loose);
      lastStep = Math.max(lastStep, own.steps?.[1] ?? -1);
      for (const name of own.nested) if (nested.size < KEYS_LISTED_MAX) nested.add(name);
      for (const counted of own.keys) addKey(keys, counted);
    }
    return { keys: [...keys.values()], nested: [...nested], lastStep };
  }

  lines({ log, chunks, numbers }: Input<'lines'>): TelemetryLine[] {
    const wanted = new Set(numbers);
    const found = new Map<number, string>();
    let bytes = 0;
    const range = { from: Math.min(...numbers), to: Math.max(...numbers) + 1, chunks };
    withFile(log, (file) =>
      takeLines(file, range, {
        wants: (number) => wanted.has(number) && !found.has(number),
        take: (number, text) => {
          bytes += text.length;
          if (bytes > TELEMETRY_READ_BYTES_MAX) throw tooManyBytes();
          found.set(number, text);
        },
        get isComplete() {
          return found.size === wanted.size;
        },
      }),
    );
    return [...found].sort(([a], [b]) => a - b).map(([number, text]) => ({ number, text }));
  }

  /** Parts that a range of steps or lines rules out are not opened. */
  #blocksOf(plan: Plan, { steps, fromLine = 0 }: Partial<ScanQuestion>): Blocks {
    const parts = this.#narrow(plan).filter((part) => {
      const { to } = part.segment ?? part.loose;
      if (to <= fromLine) return false;
      if (steps === undefined || part.segment === undefined) return true;
      const own = part.segment.steps;
      return own !== null && own[1] >= steps.from && own[0] < steps.to;
    });
    return { count: parts.length, at: async (index) => this.#blockOf(plan, parts[index] as Part) };
  }

  /** The parts, with halves in the place of lines that are too wide for one table. */
  #narrow(plan: Plan): Part[] {
    return plan.parts.flatMap((part): Part[] =>
      part.loose === undefined
        ? [part]
        : this.#halves(plan, part.loose).map((loose) => ({ loose })),
    );
  }

  #halves(plan: Plan, loose: LoosePart): LoosePart[] {
    if (!this.#table(plan, loose).isTooWide) return [loose];
    return halvesOf(loose).flatMap((half) => this.#halves(plan, half));
  }

  #blockOf(plan: Plan, part: Part): Block {
    if (part.segment === undefined) return this.#table(plan, part.loose);
    const segment = this.#segment(plan, part);
    const path = `${plan.folder}/${part.segment.file}`;
    return {
      rows: segment.rows,
      lineOf: (row) => segment.lineOf(row),
      own: async (name) => {
        const key = `${path}\n${name}`;
        const kept = this.#columns.get(key);
        if (kept !== undefined) return kept.column;
        const column = await segment.own(name);
        this.#columns.set(key, { column }, weightOf(column));
        return column;
      },
    };
  }

  #segment({ folder }: Plan, { segment }: Part & { readonly segment: object }): SegmentBlock {
    const key = `${folder}/${segment.file}`;
    const kept = this.#segments.get(key);
    if (kept !== undefined) return kept;
    const opened = SegmentBlock.open(folder, segment);
    this.#segments.set(key, opened, 4 * segment.index.bytes);
    return opened;
  }

  /** Lines that came since the table was made are added, unless some were written anew. */
  #table({ log }: Plan, loose: LoosePart): TelemetryTable {
    const key = `${log}\n${loose.from}`;
    const kept = this.#tables.get(key);
    const isSame = kept?.loose.logBytes === loose.logBytes && kept.loose.to === loose.to;
    if (isSame) return kept.table;
    const grows = kept?.loose.isOpen === true && loose.rewrittenAt < kept.loose.logBytes;
    const table = grows && !kept.table.isTooWide ? kept.table : new TelemetryTable(loose.from);
    const since = table === kept?.table ? kept.loose.logBytes : 0;
    const chunks = loose.chunks.filter(({ position, bytes }) => position + bytes > since);
    withFile(log, (file) => fillTable(file, { ...loose, chunks }, table));
    this.#tables.set(key, { table, loose, keys: null }, table.weight);
    return table;
  }

  #keysOf(plan: Plan, loose: LoosePart): BlockKeys {
    const table = this.#table(plan, loose);
    const key = `${plan.log}\n${loose.from}`;
    const kept = this.#tables.get(key);
    const keys = kept?.keys ?? keysOf(table);
    this.#tables.set(key, { table, loose, keys }, table.weight);
    return keys;
  }
}

/** Both halves of lines that are too wide for one table. */
export function halvesOf(loose: LoosePart): LoosePart[] {
  const { from, to } = loose;
  if (to - from < 2 * TABLE_LINES_MIN) {
    const text = `lines ${from} to ${to - 1} hold too many values to be read by key`;
    throw new DomainError('LIMIT_EXCEEDED', text, { details: { from, to } });
  }
  const middle = from + Math.ceil((to - from) / 2);
  return [
    { ...loose, to: middle, isOpen: false },
    { ...loose, from: middle },
  ];
}

/** Adds the lines of a part that the table lacks, until it is too wide. */
export function fillTable(file: number, part: LoosePart, table: TelemetryTable): void {
  takeLines(file, part, {
    wants: (number) => !table.has(number),
    take: (number, text) => table.add(number, text),
    get isComplete() {
      return table.rows === part.to - part.from || table.isTooWide;
    },
  });
}

export function withFile<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

function addKey(keys: Map<string, KeySummary>, { key, counts, last }: CountedKey): void {
  const known = keys.get(key);
  if (known === undefined && keys.size >= KEYS_LISTED_MAX) return;
  const sums: KeySummary['counts'] = { ...known?.counts };
  const both = sums as Record<string, number>;
  for (const [type, count] of Object.entries(counts)) both[type] = (both[type] ?? 0) + count;
  keys.set(key, { key, counts: sums, last: decodeValue(last) });
}

function weightOf(column: Column | null): number {
  if (column === null) return OTHER_VALUE_BYTES;
  const { numbers, others, present } = column;
  return numbers.byteLength + (present?.byteLength ?? 0) + OTHER_VALUE_BYTES * (others?.size ?? 1);
}

function tooManyBytes(): DomainError {
  return new DomainError(
    'LIMIT_EXCEEDED',
    `the lines have more than ${TELEMETRY_READ_BYTES_MAX} bytes; ask for fewer at once`,
    { details: { bytesMax: TELEMETRY_READ_BYTES_MAX } },
  );
}

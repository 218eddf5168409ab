import { plainText } from './plain-text.ts';
import { say, sayJson, tell } from './say.ts';

export type Shape = 'text' | 'json' | 'csv';

export interface Column<T> {
  readonly header: string;
  readonly of: (item: T) => string | null | undefined;
}

/** Which shape the options of a command ask for. */
export function shapeOf({ json, csv }: { json?: true; csv?: true }): Shape {
  if (json) return 'json';
  return csv ? 'csv' : 'text';
}

/** Prints a list as JSON Lines or CSV while it comes, or as a table when all of it is there. */
export async function printList<T>(
  items: AsyncIterable<T> | Iterable<T>,
  columns: readonly Column<T>[],
  shape: Shape,
): Promise<void> {
  if (shape === 'text') return printTable(await gather(items), columns);
  if (shape === 'csv') console.log(csvLine(columns.map(({ header }) => header)));
  for await (const item of items) {
    if (shape === 'json') sayJson(item);
    else console.log(csvLine(columns.map((column) => column.of(item) ?? '')));
  }
}

async function gather<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

function printTable<T>(items: readonly T[], columns: readonly Column<T>[]): void {
  if (items.length === 0) {
    tell('nothing found');
    return;
  }
  const rows = [
    columns.map(({ header }) => header.toUpperCase()),
    ...items.map((item) => columns.map((column) => plainText(column.of(item) || '-'))),
  ];
  const widths = columns.map((_, at) =>
    rows.reduce((widest, row) => Math.max(widest, row[at]?.length ?? 0), 0),
  );
  for (const row of rows) {
    say(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** What spreadsheets take for a formula, and would run, when a cell begins with it. */
const FORMULA_START = /^[=+\-@\t\r]/;

/** Cells by RFC 4180 on one line, whatever stands in them. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => quoted(FORMULA_START.test(cell) ? `'${cell}` : cell)).join(',');
}

function quoted(cell: string): string {
  const text = plainText(cell);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

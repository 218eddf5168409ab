import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isDomainError } from '../../domain/errors.ts';
import { FILE_MODE } from './durable-folders.ts';
import type { SegmentEntry } from './telemetry-manifest.ts';
import { parquetOf } from './telemetry-parquet.ts';
import type { CheckedLog, Input, LoosePart } from './telemetry-protocol.ts';
import { fillTable, halvesOf, withFile } from './telemetry-reader.ts';
import { scanGroups } from './telemetry-scan.ts';
import { TelemetryTable } from './telemetry-table.ts';

const LINE_DIGITS = 12;

/** Makes Parquet files of a stretch of lines: one, or several when the lines are wide. */
export function makeSegments({ log, folder, loose }: Input<'make'>): SegmentEntry[] {
  const made = withFile(log, (file) => partsOf(file, loose));
  const entries = [...made].map(({ table, part }) => writeSegment(folder, { table, part }));
  syncFolderNow(folder);
  return entries;
}

interface MadePart {
  readonly table: TelemetryTable;
  readonly part: LoosePart;
}

/** A stretch that is too wide even in its shortest parts stays in the log alone. */
function partsOf(file: number, part: LoosePart): MadePart[] {
  const table = new TelemetryTable(part.from);
  fillTable(file, part, table);
  if (table.rows === 0) return [];
  if (!table.isTooWide) return [{ table, part }];
  try {
    return halvesOf(part).flatMap((half) => partsOf(file, half));
  } catch (error) {
    if (isDomainError(error) && error.code === 'LIMIT_EXCEEDED') return [];
    throw error;
  }
}

function writeSegment(folder: string, { table, part }: MadePart): SegmentEntry {
  const { from, to, logBytes } = part;
  const { bytes, index, indexPlace } = parquetOf(table, { from, to, logBytes });
  const name = (line: number) => String(line).padStart(LINE_DIGITS, '0');
  const file = `${name(from)}-${name(to)}.${logBytes}.parquet`;
  const temporary = join(folder, `.${file}.tmp`);
  writeDurably(temporary, bytes);
  renameSync(temporary, join(folder, file));
  return {
    ...{ file, from, to, logBytes },
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    index: indexPlace,
    steps: index.steps,
  };
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w', FILE_MODE);
  try {
    for (let written = 0; written < bytes.byteLength; ) {
      written += writeSync(file, bytes, written);
    }
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolderNow(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Reads a log from its start, as far as every group is whole. */
export async function checkLog({ log, bytes }: Input<'check'>): Promise<CheckedLog> {
  const handle = await open(log, 'r');
  const hash = createHash('sha256');
  let end = 0;
  try {
    for await (const group of scanGroups(handle, { from: 0, to: bytes })) {
      hash.update(group.bytes);
      end = group.position + group.bytes.byteLength;
    }
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), damagedAt: end === bytes ? null : end };
}

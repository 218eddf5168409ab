import { constants } from 'node:fs';
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_MODE, syncFolder } from './durable-folders.ts';
import { isMissing } from './file-errors.ts';
import type { LogCheckpoint } from './telemetry-checkpoint.ts';

/** Begins with an underscore, so that readers of a folder of Parquet files leave it alone. */
const MANIFEST = '_manifest.json';
const TEMPORARY = '._manifest.json.tmp';
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;

/** One Parquet file of columns. */
export interface SegmentEntry {
  readonly file: string;
  /** Lines `from` (inclusive) to `to` (exclusive). */
  readonly from: number;
  readonly to: number;
  /** Length of the log that it was made from: later writes of its lines make it wrong. */
  readonly logBytes: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly index: { readonly offset: number; readonly bytes: number; readonly crc: number };
  /** The lowest and the highest step; null when no row has one. */
  readonly steps: readonly [number, number] | null;
}

/** Which files of columns there are of a stream. */
export interface Manifest {
  readonly v: 1;
  readonly log: LogCheckpoint | null;
  readonly segments: readonly SegmentEntry[];
}

export const NO_SEGMENTS: Manifest = { v: 1, log: null, segments: [] };

/** What the folder's manifest says. One that cannot be read counts as none: all is made anew. */
export async function readManifest(folder: string): Promise<Manifest> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest;
    return manifest.v === 1 && Array.isArray(manifest.segments) ? manifest : NO_SEGMENTS;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return NO_SEGMENTS;
    throw error;
  }
}

/** Replaces the manifest as a whole, durably. The files that it names are durable already. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const temporary = join(folder, TEMPORARY);
  const handle = await open(temporary, NEW_FILE, FILE_MODE);
  try {
    await handle.writeFile(JSON.stringify(manifest));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, MANIFEST));
  await syncFolder(folder);
}

/** Takes away what a crash or a newer segment left behind: files that the manifest lacks. */
export async function removeOthers(folder: string, manifest: Manifest): Promise<void> {
  const named = new Set([MANIFEST, ...manifest.segments.map(({ file }) => file)]);
  for (const name of await readdir(folder)) {
    if (named.has(name)) continue;
    await unlink(join(folder, name)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}

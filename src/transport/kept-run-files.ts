import type { SealedTelemetry } from '../commands/finish-run.ts';
import { type Digest, sha256 } from '../domain/digest.ts';
import type { Instant } from '../domain/time.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import type { JsonObject } from '../domain/values/value.ts';
import type { Hub } from './hub.ts';

/** Most files of one run; media that is logged at each step makes many. */
export const RUN_FILES_MAX = 100_000;
const ROOM = 'run-telemetry';
const LIST_PAGE = 1_000;

/** What is kept of a file of a run; its bytes are an object. */
export interface RunFile {
  readonly name: string;
  readonly sha256: Digest;
  readonly size: number;
  readonly md5: string;
  readonly writtenAt: Instant;
}

/** Streams and files of a run as they are now, for its end to put on record through any door. */
export async function sealedRun(hub: Hub, run: string): Promise<SealedTelemetry[]> {
  return [...(await hub.telemetry.seal(run)), ...(await sealedRunFiles(hub, run))];
}

/**
 * The list of a run's files as an object, for the finish to seal: after a replay into another
 * store the fact leads to the list, and the list to the files.
 */
export async function sealedRunFiles(hub: Hub, run: string): Promise<SealedTelemetry[]> {
  const files = await runFilesOf(hub, run);
  if (files.length === 0) return [];
  const list = {
    v: 1,
    files: files.map(({ name, sha256: of, size }) => ({ name, size, sha256: of })),
  };
  const bytes = Buffer.from(canonicalJson(list as unknown as JsonObject), 'utf8');
  await hub.objects.put(bytes, { expect: sha256(bytes) });
  return [{ stream: 'files', bytes: bytes.length, lines: files.length, digest: sha256(bytes) }];
}

/** A file that is kept again replaces the earlier one of its name. */
export async function keepFile(
  { operational }: Pick<Hub, 'operational'>,
  run: string,
  file: RunFile,
): Promise<void> {
  const entry = { key: `${prefixOf(run)}${file.name}`, value: JSON.stringify(file) };
  await operational.put(ROOM, [entry]);
}

export async function keptFile(
  { operational }: Pick<Hub, 'operational'>,
  run: string,
  name: string,
): Promise<RunFile | null> {
  const text = await operational.get(ROOM, `${prefixOf(run)}${name}`);
  return text === null ? null : (JSON.parse(text) as RunFile);
}

/** The files of a run by name. */
export async function runFilesOf(
  { operational }: Pick<Hub, 'operational'>,
  run: string,
): Promise<RunFile[]> {
  const files: RunFile[] = [];
  let after: string | undefined;
  while (files.length < RUN_FILES_MAX) {
    const page = { prefix: prefixOf(run), after, limit: LIST_PAGE };
    const entries = await operational.list(ROOM, page);
    for (const { value } of entries) files.push(JSON.parse(value) as RunFile);
    after = entries.at(-1)?.key;
    if (entries.length < LIST_PAGE) break;
  }
  return files;
}

function prefixOf(run: string): string {
  return `file/${run}/`;
}

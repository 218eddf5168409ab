import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { resumeRun } from '../../commands/finish-run.ts';
import type { Digest } from '../../domain/digest.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { FILE_PATH_BYTES_MAX } from '../../domain/lineage/manifest.ts';
import { type Instant, instantFromMs, msOfInstant } from '../../domain/time.ts';
import { checkText } from '../../domain/values/text.ts';
import type { Hub } from '../hub.ts';
import { keepFile, keptFile, type RunFile, runFilesOf } from '../kept-run-files.ts';
import { DOWNLOAD_OBJECT, signedAddress, UPLOAD_RUN_FILE } from './addresses.ts';
import { connection, type PageArguments, pageOf } from './connections.ts';
import { noteFile } from './noted-files.ts';
import { requireWrite } from './require-write.ts';
import type { RunActivity } from './run-activity.ts';
import { isOver, runOfNames } from './run-lookup.ts';
import type { Turns } from './turns.ts';
import { type Uploader, uploadAddress } from './uploader.ts';
import { requireThere, type Shape, submit, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';
import { wireTime } from './wire-time.ts';
import { withoutPersonal } from './without-personal.ts';

/** Most files that one request asks addresses for. */
export const RUN_FILES_AT_ONCE_MAX = 10_000;
/** Largest file of a run, in bytes. */
export const RUN_FILE_BYTES_MAX = 5 * 1024 ** 3;
/** How long after the end of a run files come that its finish did not know of, in milliseconds. */
export const LATE_FILES_MS = 10 * 60 * 1000;

interface CreateRunFilesArguments {
  readonly entityName: string;
  readonly projectName: string;
  readonly runName: string;
  readonly files: readonly string[];
}

export const runFileFields = {
  createRunFiles: async (
    { input }: { readonly input: CreateRunFilesArguments },
    context: WandbContext,
  ) => {
    const { entityName, projectName: name, runName, files } = input;
    const { project, run } = await runOfNames(context, { entityName, name, run: runName });
    const operation = 'createRunFiles';
    await requireWrite(context, { operation, what: 'a file of a run', project, subject: run });
    if (files.length > RUN_FILES_AT_ONCE_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `at most ${RUN_FILES_AT_ONCE_MAX} files at once`);
    }
    return {
      runID: wireId('Run', run.id),
      uploadHeaders: [],
      files: files.map((file) => ({
        name: file,
        uploadUrl: uploadAddress(context, UPLOAD_RUN_FILE, {
          run: run.id,
          name: checkRunFileName(file),
        }),
      })),
    };
  },
};

/** Who sends a file of a run, and the turns in which a run's files and its end are written. */
export interface RunFileTarget {
  readonly uploader: Uploader;
  readonly turns: Turns;
  readonly activity: RunActivity;
}

/**
 * Keeps the bytes of a file of a run; a file that comes again replaces the earlier one, until the
 * run ends; a run that crashed goes on with it. What held when the address was given out is asked
 * again: before the bytes are read, and when they are there, since long files take their time.
 */
export async function keepRunFile(
  { uploader, turns, activity }: RunFileTarget,
  { run, name }: { readonly run: string; readonly name: string },
  bytes: Readable | Uint8Array,
): Promise<void> {
  const { hub } = uploader;
  await requireOpen(uploader, run, { name, digest: null });
  const sizeMax = RUN_FILE_BYTES_MAX;
  const clean = await withoutPersonal(name, bytes);
  const { digest, size, md5 } = await hub.objects.put(clean, { md5: 'compute', sizeMax });
  await turns.take(run, async () => {
    const { props } = await requireOpen(uploader, run, { name, digest });
    if ((await keptFile(hub, run, name))?.sha256 !== digest) {
      // Silence was taken for a crash, and whoever sends shows that it was none.
      if (props.status === 'CRASHED') {
        await submit(uploader, resumeRun, { run, stopRequest: 'keep' });
        await activity.note(run);
      }
      const writtenAt = instantFromMs(hub.clock.nowMs());
      const file: RunFile = { name, sha256: digest, size, md5: md5 as string, writtenAt };
      await keepFile(hub, run, file);
    }
    await noteFile(uploader, { run, name }, clean);
  });
}

/** A file that is to be written; its digest once it is known. */
interface IncomingFile {
  readonly name: string;
  readonly digest: Digest | null;
}

/** Refuses who may not write to the run any more, and what would change a run that is over. */
async function requireOpen(uploader: Uploader, id: string, file: IncomingFile): Promise<NodeRow> {
  const { hub, reader } = uploader;
  const [run] = await hub.store.get([id]);
  const [project] = run?.project ? await hub.store.get([run.project]) : [];
  if (!run || !project) throw new DomainError('NOT_FOUND', 'the run of the file is gone');
  requireThere(run);
  const operation = 'putRunFile';
  await requireWrite(uploader, { operation, what: 'a file of a run', project, subject: run });
  const fault = isOver(run) ? await faultOfLateFile(run, file, hub) : null;
  if (fault === null) return run;
  const error = new DomainError('CONFLICT', fault);
  await hub.ledger.refuse({ operation, actor: reader.actor, error, about: [run.id, project.id] });
  throw error;
}

/**
 * The finish has sealed the files that were there. The last requests of processes that share a
 * run may cross with it, so for a short time files come late that it did not know of.
 */
async function faultOfLateFile(
  { id, name: run, props }: NodeRow,
  { name, digest }: IncomingFile,
  hub: Hub,
): Promise<string | null> {
  const kept = await keptFile(hub, id, name);
  if (kept) {
    // The same bytes again: the client did not get the answer of the first time.
    const same = digest === null || kept.sha256 === digest;
    return same ? null : `the run ${run} is over, and its file ${name} stays as it is`;
  }
  const sinceEnd = hub.clock.nowMs() - msOfInstant(props.endedAt as Instant);
  return sinceEnd <= LATE_FILES_MS ? null : `the run ${run} is over and takes no more files`;
}

export interface RunFileArguments extends PageArguments {
  readonly names?: ReadonlyArray<string | null> | null | undefined;
  readonly pattern?: string | null | undefined;
}

/** The connection of a run's files. */
export async function runFileConnection(
  run: NodeRow,
  args: RunFileArguments,
  context: WandbContext,
) {
  const names = args.names?.length ? new Set(args.names) : null;
  const matches = args.pattern ? likePattern(args.pattern) : () => true;
  const files = (await runFilesOf(context.hub, run.id)).filter(
    ({ name }) => (names === null || names.has(name)) && matches(name),
  );
  return connection(
    pageOf(files, args, ({ name }) => name),
    (file) => runFileShape(run, file, context),
  );
}

/** An address for a file is handed out when it is asked for, and that is noted. */
function runFileShape(run: NodeRow, file: RunFile, { hub, notes }: WandbContext): Shape {
  const { name, sha256: digest, size, md5, writtenAt } = file;
  const directUrl = () => {
    notes.handedOut(run);
    return signedAddress(hub, DOWNLOAD_OBJECT, { digest, name, of: run.id });
  };
  return {
    __typename: 'File',
    id: wireId('File', `${run.id}:${createHash('sha256').update(name).digest('base64url')}`),
    name,
    displayName: name,
    url: directUrl,
    directUrl,
    sizeBytes: size,
    mimetype: 'application/octet-stream',
    updatedAt: wireTime(writtenAt),
    md5,
    digest: md5,
  };
}

function checkRunFileName(name: string): string {
  checkText(name, "a file's name");
  if (name === '' || Buffer.byteLength(name) > FILE_PATH_BYTES_MAX) {
    throw invalidInput(`a file's name has 1 to ${FILE_PATH_BYTES_MAX} bytes`);
  }
  return name;
}

/** SQL's LIKE as the public API uses it: % is any text, _ any one character. */
function likePattern(pattern: string): (name: string) => boolean {
  const parts = pattern.split('%');
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  return (name) => {
    if (tail === undefined) return name.length === head.length && fits(name, head, 0);
    if (name.length < head.length + tail.length || !fits(name, head, 0)) return false;
    const end = name.length - tail.length;
    if (!fits(name, tail, end)) return false;
    let at = head.length;
    for (const part of rest) {
      while (at + part.length <= end && !fits(name, part, at)) at += 1;
      if (at + part.length > end) return false;
      at += part.length;
    }
    return true;
  };
}

function fits(name: string, part: string, at: number): boolean {
  for (let offset = 0; offset < part.length; offset += 1) {
    const wanted = part[offset];
    if (wanted !== '_' && name[at + offset] !== wanted) return false;
  }
  return true;
}

import type { CodeRevision } from '../../commands/create-run.ts';
import { recordEnvironment } from '../../commands/record-environment.ts';
import { updateRun } from '../../commands/update-run.ts';
import {
  packageListDigest,
  packageListText,
  parsePackageList,
} from '../../domain/lineage/package-list.ts';
import type { Uploader } from './uploader.ts';
import { submit } from './wandb-context.ts';

type Note = (uploader: Uploader, run: string, bytes: unknown) => Promise<void>;

/** Files in which the SDK tells what the hub keeps on record of the run. */
const NOTES: Readonly<Record<string, Note>> = {
  'requirements.txt': notePackages,
  'diff.patch': noteDirt,
};

/**
 * Puts on record what a file of a run says of it, when the file is held. Must run in the run's
 * turn: what it adds to is what the requests before it have left.
 */
export async function noteFile(
  uploader: Uploader,
  { run, name }: { readonly run: string; readonly name: string },
  bytes: unknown,
): Promise<void> {
  if (Object.hasOwn(NOTES, name)) await NOTES[name]?.(uploader, run, bytes);
}

/** The bytes are those that were kept: without lines that lead to a person. */
async function notePackages(uploader: Uploader, run: string, bytes: unknown): Promise<void> {
  const list = parsePackageList((bytes as Buffer).toString('utf8'));
  const digest = packageListDigest(list);
  await uploader.hub.objects.put(Buffer.from(packageListText(list), 'utf8'), { expect: digest });
  const packages = { digest, count: list.packages.length, omitted: list.omitted };
  await submit(uploader, recordEnvironment, { run, packages });
}

/**
 * The SDK sends the difference to the commit when there is one, and it may come before the SDK
 * has told which commit that is.
 */
async function noteDirt(uploader: Uploader, run: string): Promise<void> {
  const [row] = await uploader.hub.store.get([run]);
  const known = row?.props.code as CodeRevision | null | undefined;
  const { repository = null, commit = null } = known ?? {};
  const set = { code: { repository, commit, dirty: true } };
  await submit(uploader, updateRun, { run, set, clear: [] });
}

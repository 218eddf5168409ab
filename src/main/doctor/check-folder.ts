import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_LAYOUT } from '../data-layout.ts';
import { type Finding, right, sayingOf, wrong } from './finding.ts';

/** Most files of keys that are looked at: one a person. */
export const KEY_FILES_MAX = 10_000;
const WRITABLE_BY_OTHERS = 0o022;
const FOR_OTHERS = 0o077;
const READ_WRITE = constants.R_OK | constants.W_OK;

export async function checkFolder(dataDir: string): Promise<Finding> {
  const found = await stat(dataDir).catch(() => null);
  if (found === null) {
    const mend = 'start the hub once (npm start), or set LEDGERLINE_DATA_DIR';
    return wrong('data folder', `${dataDir} is missing`, mend);
  }
  if (!found.isDirectory()) {
    const mend = 'set LEDGERLINE_DATA_DIR to a folder';
    return wrong('data folder', `${dataDir} is no folder`, mend);
  }
  if (!(await isUsable(dataDir))) {
    const mend = `run as its owner, or: chown -R ${userName()} ${dataDir}`;
    return wrong('data folder', `${dataDir} may not be read and written by this user`, mend);
  }
  if ((found.mode & WRITABLE_BY_OTHERS) === 0) return right('data folder', dataDir);
  return wrong('data folder', `others may write to ${dataDir}`, `chmod 700 ${dataDir}`);
}

function isUsable(folder: string): Promise<boolean> {
  return access(folder, READ_WRITE | constants.X_OK).then(
    () => true,
    () => false,
  );
}

function userName(): string {
  return String(process.getuid?.() ?? 'the-user-of-the-hub');
}

/** Who reads keys reads what they encrypt, and makes addresses that the hub takes for its own. */
export async function checkKeys(dataDir: string): Promise<Finding> {
  const folder = join(dataDir, DATA_LAYOUT.keys);
  try {
    const { mode } = await stat(folder);
    if ((mode & FOR_OTHERS) !== 0) {
      return wrong('keys', `others may look into ${folder}`, `chmod 700 ${folder}`);
    }
    const files = await filesBelow(folder);
    for (const file of files) {
      if (((await stat(file)).mode & FOR_OTHERS) === 0) continue;
      return wrong('keys', `others may read ${file}`, `chmod 600 ${file}`);
    }
    return right(
      'keys',
      `${files.length} ${files.length === 1 ? 'file' : 'files'}, of their owner`,
    );
  } catch (error) {
    const mend = `restore ${folder} from its backup: personal values need their keys`;
    return wrong('keys', sayingOf(error), mend);
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).slice(0, KEY_FILES_MAX);
  return files.map(({ parentPath, name }) => join(parentPath, name));
}

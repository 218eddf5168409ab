import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError, readConfig } from './config.ts';
import { openData } from './open-data.ts';
import { DATA_LAYOUT } from './open-hub.ts';
import { VERSION } from './version.ts';

/** Free space below which the disk is reported, in bytes. */
export const FREE_DISK_BYTES_MIN = 1024 ** 3;
const NODE_MAJOR_MIN = 20;
const READABLE_BY_OTHERS = 0o077;

/** One thing that was looked at. `mend` says what to do when it is not fine. */
export interface Finding {
  readonly check: string;
  readonly fine: 'yes' | 'no';
  readonly says: string;
  readonly mend: string | null;
}

/** Checks what an installation needs, and prints a line for each; 1 when something is wrong. */
export async function runDoctor(format: 'json' | 'text'): Promise<number> {
  const findings = await examine();
  if (format === 'json') console.log(JSON.stringify({ version: VERSION, findings }));
  else for (const finding of findings) console.log(lineOf(finding));
  return findings.every(({ fine }) => fine === 'yes') ? 0 : 1;
}

async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [checkNode()];
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      ...findings,
      ...error.faults.map((fault) => wrong('configuration', fault, MEND_CONFIG)),
    ];
  }
  findings.push(right('configuration', `organization ${config.org}, port ${config.port}`));
  findings.push(await checkFolder(config));
  if (findings.every(({ fine }) => fine === 'yes')) {
    findings.push(await checkDisk(config), await checkKeys(config), await checkGraph(config));
  }
  return findings;
}

const MEND_CONFIG = 'docs/CONFIGURATION.md lists the settings';

function checkNode(): Finding {
  const version = process.versions.node;
  if (Number(version.split('.')[0]) >= NODE_MAJOR_MIN) return right('node', version);
  return wrong('node', version, `install Node.js ${NODE_MAJOR_MIN}.19 or later`);
}

async function checkFolder({ dataDir }: Config): Promise<Finding> {
  try {
    await access(dataDir, constants.R_OK | constants.W_OK);
    return right('data folder', dataDir);
  } catch {
    return wrong(
      'data folder',
      `${dataDir} is missing or may not be written`,
      'start the hub once (npm start), or set LEDGERLINE_DATA_DIR',
    );
  }
}

async function checkDisk({ dataDir }: Config): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  if (free >= FREE_DISK_BYTES_MIN) return right('disk', says);
  return wrong('disk', says, `free at least ${FREE_DISK_BYTES_MIN / 1024 ** 3} GiB`);
}

async function checkKeys({ dataDir }: Config): Promise<Finding> {
  const folder = join(dataDir, DATA_LAYOUT.keys);
  const mode = await stat(folder).then(
    (found) => found.mode,
    () => null,
  );
  if (mode === null) {
    return wrong('keys', `${folder} is missing`, 'restore it: personal values need their keys');
  }
  if ((mode & READABLE_BY_OTHERS) === 0) return right('keys', 'readable by their owner only');
  return wrong('keys', `${folder} is readable by others`, `chmod 700 ${folder}`);
}

async function checkGraph(config: Config): Promise<Finding> {
  try {
    const { live } = await openData(config);
    try {
      const { size } = await live.head();
      return right('graph store', `${size} facts`);
    } finally {
      await live.close();
    }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return wrong('graph store', says, 'restore the data folder from a backup, or start anew');
  }
}

function right(check: string, says: string): Finding {
  return { check, fine: 'yes', says, mend: null };
}

function wrong(check: string, says: string, mend: string): Finding {
  return { check, fine: 'no', says, mend };
}

function lineOf({ check, fine, says, mend }: Finding): string {
  return fine === 'yes' ? `ok    ${check}: ${says}` : `WRONG ${check}: ${says}\n      ${mend}`;
}

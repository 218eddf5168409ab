import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type OpenHub, openHub } from '../../src/main/open-hub.ts';
import { POLICIES_DEFAULT } from '../../src/main/read-policies.ts';
import type { Reader } from '../../src/projections/readable-by.ts';
import { authenticate } from '../../src/transport/http/authenticate.ts';
import type { Hub } from '../../src/transport/hub.ts';

/** The administrator's key of every hub that tests open. */
export const ADMIN_KEY = `ledgerline-${'a'.repeat(48)}`;

export interface TestHub {
  readonly hub: Hub;
  readonly folder: string;
  /** The administrator as a reader. */
  readonly admin: Reader;
}

/** Says what is to be done at the end: of the test, or of the file when many tests share it. */
export type AtEnd = (work: () => Promise<void>) => void;

/** What is different from a hub as it comes. */
export interface TestHubOptions {
  /** Projects by the namespaces that are theirs, with `*` at the end for all that start so. */
  readonly namespaces?: Readonly<Record<string, string>>;
}

/** A founded hub with the real embedded adapters in a folder that goes away at the end. */
export async function openTestHub(
  atEnd: AtEnd = onTestFinished,
  { namespaces = {} }: TestHubOptions = {},
): Promise<TestHub> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-hub-'));
  const opened = await open(folder, await policiesWith(namespaces, folder));
  atEnd(async () => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { hub } = opened;
  return { hub, folder, admin: await authenticate(`Bearer ${ADMIN_KEY}`, hub) };
}

async function policiesWith(namespaces: object, folder: string): Promise<string> {
  const policies = join(folder, 'policies');
  await mkdir(policies);
  await copyFile(join(POLICIES_DEFAULT, 'roles.yaml'), join(policies, 'roles.yaml'));
  const entries = Object.entries(namespaces);
  const rows = entries.map(([namespace, project]) => ({ namespace, project }));
  // Every JSON text is one of YAML too.
  await writeFile(join(policies, 'namespaces.yaml'), JSON.stringify({ namespaces: rows }));
  return policies;
}

function open(dataDir: string, policiesDir: string): Promise<OpenHub> {
  const config = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    org: 'example',
    team: 'main',
    dataDir,
    policiesDir,
    adminKey: ADMIN_KEY,
    ...{ neo4j: null, redisUrl: null, role: 'all' as const },
    logLevel: 'error' as const,
    runSilentMs: 300_000,
  };
  return openHub(config, () => 'http://127.0.0.1:4000');
}

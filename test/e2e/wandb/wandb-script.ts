import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, type TestContext } from 'vitest';
import { HUB_KEY, type HubProcess } from '../../support/hub-process.ts';
import { PythonScript, requirePython, type ScriptResult } from '../../support/python-client.ts';

export interface WandbScript {
  readonly hub: Pick<HubProcess, 'url'>;
  /** Name of a script in this folder. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly key?: string;
}

/** Starts a script with the real SDK against a hub; its folders go away with the test. */
export async function startWandb(
  context: TestContext,
  { hub, script, args, key = HUB_KEY }: WandbScript,
): Promise<PythonScript> {
  const python = requirePython(context);
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-wandb-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return new PythonScript({
    python,
    script: join(import.meta.dirname, script),
    args,
    cwd: folder,
    environment: {
      WANDB_BASE_URL: `${hub.url}/wandb`,
      WANDB_API_KEY: key,
      WANDB_ERROR_REPORTING: 'false',
      WANDB_SILENT: 'true',
      WANDB_DIR: folder,
      WANDB_CACHE_DIR: join(folder, 'cache'),
      WANDB_DATA_DIR: join(folder, 'data'),
      WANDB_CONFIG_DIR: join(folder, 'config'),
      HOME: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      WORK: folder,
    },
  });
}

/** Runs a script to its end, which must be a good one. */
export async function runWandb(context: TestContext, options: WandbScript): Promise<ScriptResult> {
  const script = await startWandb(context, options);
  const result = await script.ended();
  expect(result.exitCode, result.output).toBe(0);
  return result;
}

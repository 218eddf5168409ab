import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HUB_KEY, type HubProcess, startHub } from '../support/hub-process.ts';
import { requirePython } from '../support/python-client.ts';

const README = join(import.meta.dirname, '..', '..', 'README.md');
const TEST_MS_MAX = 120_000;
const run = promisify(execFile);

/** The code blocks of a language in the README, as they stand. */
async function blocks(language: string): Promise<string[]> {
  const text = await readFile(README, 'utf8');
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return [...found].map(([, block]) => block ?? '');
}

describe('the README', { timeout: TEST_MS_MAX }, () => {
  let folder = '';
  let hub: HubProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledgerline-readme-'));
    hub = await startHub({ dataDir: join(folder, 'data') });
  });

  afterAll(async () => {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows a training script and a question that work as they stand', async (context) => {
    const [script = ''] = await blocks('python');
    await writeFile(join(folder, 'train.py'), script);
    const environment = {
      PATH: process.env.PATH,
      HOME: folder,
      LEDGERLINE_KEY: HUB_KEY,
      WANDB_BASE_URL: `${hub.url}/wandb`,
      WANDB_API_KEY: HUB_KEY,
      WANDB_ERROR_REPORTING: 'false',
    };
    await run(requirePython(context), ['train.py'], { cwd: folder, env: environment });
    const asked = (await blocks('sh')).find((block) => block.includes('/graphql')) ?? '';
    const here = asked.replaceAll('http://127.0.0.1:4000', hub.url);
    const { stdout } = await run('sh', ['-c', here], { env: environment });
    const { data } = JSON.parse(stdout);
    expect(data.modelVersion.name).toBe('net:v0');
    expect(data.modelVersion.lineage.nodes.map(({ kind }: { kind: string }) => kind)).toEqual([
      'MODEL_VERSION',
      'RUN',
    ]);
    expect(data.auditLog.edges).toHaveLength(5);
  });
});

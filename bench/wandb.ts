import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HUB_KEY, startHub } from '../test/support/hub-process.ts';
import { figure, machine, quantile, rounded } from './figures.ts';

const ROOT = join(import.meta.dirname, '..');
const PYTHON = process.env.LEDGERLINE_TEST_PYTHON ?? join(ROOT, '.ci', 'venv', 'bin', 'python');
/** How often each case is run against each server; they take turns. */
const ROUNDS = Number(process.argv[3] ?? 2);

const CASES = [
  { name: 'one run of 100,000 rows', runs: 1, rows: 100_000, metrics: 5 },
  { name: '20 runs at once of 5,000 rows', runs: 20, rows: 5_000, metrics: 5 },
] as const;
type Case = (typeof CASES)[number];

/**
 * How long the unchanged wandb SDK takes with the hub, against a server that discards
 * everything. `wandb` must be there for LEDGERLINE_TEST_PYTHON, or in .ci/venv.
 */
export async function benchWandb(): Promise<void> {
  if (!existsSync(PYTHON)) throw new Error(`no Python with wandb at ${PYTHON}`);
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const hub = await startHub({ dataDir: join(folder, 'data') });
  const discarding = fork(join(import.meta.dirname, 'discard-server.ts'), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const servers = { discard: await firstLine(discarding), hub: `${hub.url}/wandb` };
  machine('wandb');
  try {
    for (const each of CASES) await compare(each, servers, folder);
  } finally {
    discarding.disconnect();
    await hub.stop();
    await rm(folder, { recursive: true });
  }
}

type Server = 'discard' | 'hub';

async function compare(
  { name: what, ...size }: Case,
  servers: Readonly<Record<Server, string>>,
  folder: string,
): Promise<void> {
  const seconds: Record<Server, number[]> = { discard: [], hub: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const server of ['discard', 'hub'] as const) {
      const took = await runAll({ ...size, url: servers[server], folder, round });
      seconds[server].push(took.whole);
      figure('wandb', { what, server, round, ...took });
    }
  }
  const [discard, hub] = [quantile(seconds.discard, 0.5), quantile(seconds.hub, 0.5)];
  const more = `${((hub / discard - 1) * 100).toFixed(1)} %`;
  figure('wandb', { what, rounds: ROUNDS, discardSeconds: discard, hubSeconds: hub, more });
}

interface RunsOfOne {
  readonly runs: number;
  readonly rows: number;
  readonly metrics: number;
  readonly url: string;
  readonly folder: string;
  readonly round: number;
}

/** Starts all runs at once; `whole` is from the first start to the last end, in seconds. */
async function runAll({ runs, rows, metrics, url, folder, round }: RunsOfOne) {
  const started = performance.now();
  const each = await Promise.all(
    Array.from({ length: runs }, async (_, at) => {
      const name = `bench-${runs}-${round}-${at}`;
      const args = [
        '-u',
        join(import.meta.dirname, 'wandb-rows.py'),
        `${rows}`,
        `${metrics}`,
        name,
      ];
      const child = spawn(PYTHON, args, {
        cwd: folder,
        env: {
          ...{ PATH: process.env.PATH, HOME: folder, WANDB_DIR: folder, WANDB_SILENT: 'true' },
          ...{ WANDB_BASE_URL: url, WANDB_API_KEY: HUB_KEY, WANDB_ERROR_REPORTING: 'false' },
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const line = await firstLine(child);
      if (child.exitCode === null) await once(child, 'exit');
      if (child.exitCode !== 0) throw new Error(`the run ended with ${child.exitCode}`);
      return JSON.parse(line) as Record<'init' | 'log' | 'finish', number>;
    }),
  );
  const whole = (performance.now() - started) / 1000;
  const slowest = (part: 'init' | 'log' | 'finish') =>
    rounded(Math.max(...each.map((took) => took[part])));
  return {
    whole: rounded(whole),
    init: slowest('init'),
    log: slowest('log'),
    finish: slowest('finish'),
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  if (!text.includes('\n')) throw new Error('a process of the benchmark said nothing');
  return text.slice(0, text.indexOf('\n'));
}

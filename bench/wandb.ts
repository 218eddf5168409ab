import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HUB_KEY, startHub } from '../test/support/hub-process.ts';
import { figure, machine, rounded } from './figures.ts';

const ROOT = join(import.meta.dirname, '..');
const PYTHON = process.env.LEDGERLINE_TEST_PYTHON ?? join(ROOT, '.ci', 'venv', 'bin', 'python');
/**
 * How often each case is run against each server. They take turns, and the first turn is the
 * other's in every second round: a machine that slows down would else count against the second.
 */
const ROUNDS = Number(process.argv[3] ?? 4);
const ORDERS = [
  ['discard', 'hub'],
  ['hub', 'discard'],
] as const;

/** In which /proc counts, on every Linux. */
const CLOCK_TICKS_PER_S = 100;

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
    for (const each of CASES) await compare(each, servers, { folder, hub: hub.process.pid });
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
  { folder, hub }: { readonly folder: string; readonly hub: number | undefined },
): Promise<void> {
  const turns: Turn[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = ORDERS[round % ORDERS.length] ?? ORDERS[0];
    for (const server of order) {
      const before = cpuSecondsOf(hub);
      const took = await runAll({ ...size, url: servers[server], folder, round });
      const hubCpu = server === 'hub' ? rounded(cpuSecondsOf(hub) - before) : undefined;
      figure('wandb', { what, server, round, ...took, hubCpu });
      turns.push({ server, first: order[0], whole: took.whole, hubCpu });
    }
  }
  const discardFirst = comparisonOf(turns.filter(({ first }) => first === 'discard'));
  const hubFirst = comparisonOf(turns.filter(({ first }) => first === 'hub'));
  const orders = { discardFirst: discardFirst.more, hubFirst: hubFirst.more };
  figure('wandb', { what, rounds: ROUNDS, ...comparisonOf(turns), orders });
}

interface Turn {
  readonly server: Server;
  /** Whose turn was the first of the round. */
  readonly first: Server;
  readonly whole: number;
  readonly hubCpu: number | undefined;
}

function comparisonOf(turns: readonly Turn[]) {
  const wholes = (of: Server) => turns.filter(({ server }) => server === of).map((t) => t.whole);
  const [discard, hub] = [median(wholes('discard')), median(wholes('hub'))];
  const more = `${((hub / discard - 1) * 100).toFixed(1)} %`;
  const hubCpuSeconds = median(turns.flatMap(({ hubCpu }) => hubCpu ?? []));
  return { discardSeconds: discard, hubSeconds: hub, more, hubCpuSeconds };
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return rounded(((low ?? Number.NaN) + (high ?? Number.NaN)) / 2);
}

/** What a process has used of the processors so far, in seconds; NaN where /proc does not tell. */
function cpuSecondsOf(pid: number | undefined): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S;
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

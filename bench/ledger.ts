import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CreateProjectInput, createProject } from '../src/commands/create-project.ts';
import { type CreateRunInput, createRun } from '../src/commands/create-run.ts';
import type { Actor } from '../src/domain/actor.ts';
import { projectId } from '../src/domain/lineage/names.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { readConfig } from '../src/main/config.ts';
import { openHub } from '../src/main/open-hub.ts';
import { runRebuild } from '../src/main/run-rebuild.ts';
import { figure, machine, quantile, rounded } from './figures.ts';

const CALLERS = [1, 16, 256] as const;
const SECONDS_EACH = 8;
const WARM_UP_FACTS = 2_000;
const CONFIG_KEYS = 20;

/**
 * Facts per second at `submit`, through the wiring that production uses. The fact is the start
 * of a run: a leaf of about 1.5 kB, an encrypted sidecar for its notes, a node with a search
 * row and an ABOUT link, an edge to the agent. Ends with a rebuild of everything it wrote.
 */
export async function benchLedger(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const config = readConfig({ LEDGERLINE_DATA_DIR: folder });
  const opened = await openHub(config, () => 'http://127.0.0.1');
  machine('ledger');
  try {
    const actor = await administrator(opened.hub);
    const input = await runInput(opened.hub.ledger, actor, opened.hub.org);
    const writer = new Writer(opened.hub.ledger, actor, input);
    await writer.write(16, { facts: WARM_UP_FACTS });
    for (const callers of CALLERS) await writer.measure(callers);
  } finally {
    await opened.close();
  }
  const started = performance.now();
  const exitCode = await runRebuild(config, 'text');
  const seconds = rounded((performance.now() - started) / 1000);
  figure('ledger', { rebuild: exitCode === 0 ? 'equal' : 'different', seconds });
  await rm(folder, { recursive: true });
  process.exitCode = exitCode;
}

async function administrator({ store }: Pick<Opened, 'store'>): Promise<Actor> {
  const [agent] = await store.list({
    scope: { all: true },
    kinds: ['AGENT'],
    order: 'id',
    limit: 1,
  });
  const ref = agent?.id as Actor['ref'];
  return { ref, kind: 'SERVICE', via: 'bench', authAgeS: null, onBehalfOf: null };
}

type Opened = Awaited<ReturnType<typeof openHub>>['hub'];

async function runInput(ledger: Ledger, actor: Actor, org: string): Promise<CreateRunInput> {
  const project = { team: 'main', project: 'bench' };
  const input: CreateProjectInput = { ...project, ifExists: 'return' };
  await ledger.submit({ command: createProject, input, actor });
  return {
    project: projectId(org, project),
    name: '',
    job: 'train',
    ifExists: 'refuse',
    displayName: 'baseline with a longer name',
    group: 'nightly',
    jobType: 'train',
    tags: ['baseline', 'gpu', 'nightly'],
    config: Object.fromEntries(
      Array.from({ length: CONFIG_KEYS }, (_, at) => [`parameter_${at}`, at / 7]),
    ),
    environment: { os: 'Linux 6.1', python: 'CPython 3.11.7', gpu: 'none' },
    code: { repository: 'https://git.example/churn', commit: 'f'.repeat(40), dirty: false },
    client: null,
    personal: [{ person: actor.ref, values: { notes: 'first try with the new features' } }],
  };
}

class Writer {
  readonly #ledger: Ledger;
  readonly #actor: Actor;
  readonly #input: CreateRunInput;
  #made = 0;

  constructor(ledger: Ledger, actor: Actor, input: CreateRunInput) {
    this.#ledger = ledger;
    this.#actor = actor;
    this.#input = input;
  }

  async measure(callers: number): Promise<void> {
    const cpu = process.cpuUsage();
    const started = performance.now();
    const waits = await this.write(callers, { seconds: SECONDS_EACH });
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    figure('ledger', {
      callers,
      facts: waits.length,
      seconds: rounded(seconds),
      factsPerSecond: Math.round(waits.length / seconds),
      p50Ms: quantile(waits, 0.5),
      p99Ms: quantile(waits, 0.99),
      cpuMsPerFact: rounded((user + system) / 1000 / waits.length),
    });
  }

  /** Keeps `callers` submissions under way; returns how long each waited, in milliseconds. */
  async write(callers: number, until: { facts?: number; seconds?: number }): Promise<number[]> {
    const waits: number[] = [];
    const end = performance.now() + (until.seconds ?? Number.POSITIVE_INFINITY) * 1000;
    const caller = async () => {
      while (performance.now() < end && waits.length < (until.facts ?? Number.POSITIVE_INFINITY)) {
        const name = `run-${this.#made++}`;
        const started = performance.now();
        const input = { ...this.#input, name };
        await this.#ledger.submit({ command: createRun, input, actor: this.#actor });
        waits.push(performance.now() - started);
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return waits;
  }
}

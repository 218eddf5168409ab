import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HUB_KEY, type HubProcess, startHub } from '../test/support/hub-process.ts';
import { figure, machine, quantile, rounded } from './figures.ts';

const BENCH = 'openlineage';
const EVENTS_DEFAULT = 20_000;
const SENDERS = 64;
/** Half of what is to be applied in a second, and for how long, in milliseconds. */
const HALF_LOAD_PER_S = 500;
const HALF_LOAD_MS = 10_000;
const LOOK_EVERY_MS = 20;
/** How long the worker may take for everything, in milliseconds. */
const APPLIED_MS_MAX = 300_000;
/** Settings of the stores that are handed on to the hub. */
const STORE_SETTINGS = /^LEDGERLINE_(NEO4J|REDIS)_/;

/**
 * Sends so many events (`npm run bench -- openlineage 20000`) as fast as the hub takes them and
 * waits until all are on record; then sends at half the aimed rate and measures how long each
 * event takes from its acknowledgement until the record has it. The senders share the machine
 * with the hub. With LEDGERLINE_NEO4J_URL and LEDGERLINE_REDIS_URL the hub uses those.
 */
export async function benchOpenLineage(): Promise<void> {
  const count = Number(process.argv[3] ?? EVENTS_DEFAULT);
  machine(BENCH);
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerline-bench-ol-'));
  const stores = Object.entries(process.env).filter(([name]) => STORE_SETTINGS.test(name));
  const environment = Object.fromEntries(stores) as Record<string, string>;
  const hub = await startHub({ dataDir, environment });
  const sender = new Sender(hub);
  try {
    // The first event makes the project too.
    const base = await facts(hub);
    await sender.send(-1);
    await recordedFrom(hub, base, 2);
    await fullLoad({ hub, sender }, count);
    await halfLoad({ hub, sender });
  } finally {
    sender.close();
    await hub.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Bench {
  readonly hub: HubProcess;
  readonly sender: Sender;
}

async function fullLoad({ hub, sender }: Bench, count: number): Promise<void> {
  const base = await facts(hub);
  const started = performance.now();
  let next = 0;
  const one = async () => {
    while (next < count) {
      next += 1;
      await sender.send(next);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, one));
  const acceptedS = (performance.now() - started) / 1_000;
  await recordedFrom(hub, base, count);
  const appliedS = (performance.now() - started) / 1_000;
  figure(BENCH, {
    ...{ events: count, senders: SENDERS, refused: sender.refused },
    acceptedPerS: rounded(count / acceptedS),
    appliedPerS: rounded(count / appliedS),
  });
}

async function halfLoad({ hub, sender }: Bench): Promise<void> {
  const base = await facts(hub);
  const acknowledged: number[] = [];
  const visible: number[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver || visible.length < acknowledged.length) {
      const there = (await facts(hub)) - base;
      const nowMs = performance.now();
      while (visible.length < Math.min(there, acknowledged.length)) visible.push(nowMs);
      await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
    }
  })();
  const started = performance.now();
  const under: Promise<void>[] = [];
  const total = (HALF_LOAD_PER_S * HALF_LOAD_MS) / 1_000;
  while (under.length < total) {
    const due = ((performance.now() - started) / 1_000) * HALF_LOAD_PER_S;
    while (under.length < Math.min(due, total)) {
      const number = 1_000_000 + under.length;
      under.push(sender.send(number).then(() => void acknowledged.push(performance.now())));
    }
    await new Promise((wake) => setTimeout(wake, 1));
  }
  await Promise.all(under);
  isOver = true;
  await watching;
  const delays = acknowledged.map((at, place) => Math.max(0, (visible[place] as number) - at));
  figure(BENCH, {
    ...{ loadPerS: HALF_LOAD_PER_S, events: total, lookEveryMs: LOOK_EVERY_MS },
    visibleP50Ms: quantile(delays, 0.5),
    visibleP99Ms: quantile(delays, 0.99),
  });
}

async function facts({ url }: HubProcess): Promise<number> {
  const answer = (await (await fetch(`${url}/readyz`)).json()) as { readonly facts?: number };
  return answer.facts ?? 0;
}

/** Waits until so many facts came since. */
async function recordedFrom(hub: HubProcess, base: number, count: number): Promise<void> {
  const until = performance.now() + APPLIED_MS_MAX;
  while ((await facts(hub)) - base < count) {
    if (performance.now() > until) throw new Error('not everything was recorded in time');
    await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
  }
}

/** Sends as clients do: one event a request, over connections that stay. */
class Sender {
  readonly #hub: HubProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  refused = 0;

  constructor(hub: HubProcess) {
    this.#hub = hub;
  }

  async send(number: number): Promise<void> {
    for (;;) {
      const status = await this.#post(JSON.stringify(eventOf(number)));
      if (status === 201) return;
      if (status !== 503) throw new Error(`the hub answered ${status}`);
      this.refused += 1;
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: string): Promise<number> {
    const address = `${this.#hub.url}/api/v1/lineage?project=main/bench`;
    const headers = {
      authorization: `Bearer ${HUB_KEY}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const post = request(address, { method: 'POST', agent: this.#agent, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      });
      post.on('error', reject);
      post.end(body);
    });
  }
}

/** One of the three events of a run that reads one dataset and writes another. */
function eventOf(number: number) {
  const run = Math.floor(Math.abs(number) / 3);
  const types = ['START', 'RUNNING', 'COMPLETE'];
  const field = (name: string) => ({ name, type: 'string' });
  const schema = { fields: ['id', 'age', 'country', 'plan'].map(field) };
  return {
    eventType: types[Math.abs(number) % 3],
    eventTime: new Date(Date.UTC(2026, 10, 24) + number).toISOString(),
    run: { runId: `0191f2b0-0000-7000-8000-${String(run).padStart(12, '0')}` },
    job: { namespace: 'bench', name: `job-${run % 100}` },
    inputs: [{ namespace: 's3://lake', name: `raw/${run % 50}`, facets: { schema } }],
    outputs: [{ namespace: 's3://lake', name: `features/${run}`, facets: { schema } }],
    producer: 'https://pipelines.test/bench',
  };
}

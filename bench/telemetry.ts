import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openFilesystemTelemetryStore } from '../src/adapters/filesystem/filesystem-telemetry-store.ts';
import type { TelemetryStore } from '../src/ports/telemetry-store.ts';
import { figure, machine, quantile, rounded } from './figures.ts';

const ROWS = Number(process.env.BENCH_TELEMETRY_ROWS ?? 1_000_000);
const ROWS_AN_APPEND = 11_000;
const METRICS = 47;
const SAMPLES = 500;
const ASKED_TIMES = 100;
const COLD_TIMES = 5;
const PAGE_ROWS = 1_000;
const RUN = `run_${'b'.repeat(43)}`;

/**
 * A run of a million rows with 50 keys: appended in requests of about 10 MB while files of columns
 * are made beside it, sealed, and asked. Cold: by a store that was opened just now, as a hub is
 * that was started anew; the files are in the system's cache all the same.
 */
export async function benchTelemetry(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  machine('telemetry');
  try {
    await writeRun(folder);
    await askCold(folder);
    const store = await openFilesystemTelemetryStore({ folder });
    await askWarm(store);
    await store.close();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeRun(folder: string): Promise<void> {
  const store = await openFilesystemTelemetryStore({ folder });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const waits: number[] = [];
  let appending = 0;
  for (let offset = 0; offset < ROWS; offset += ROWS_AN_APPEND) {
    const lines = rowsFrom(offset, Math.min(ROWS_AN_APPEND, ROWS - offset));
    // The loop must come round once, or making the rows would count as its delay.
    await new Promise((wake) => setImmediate(wake));
    delay.enable();
    const started = performance.now();
    await store.append(RUN, [{ stream: 'history', offset, lines }]);
    waits.push(performance.now() - started);
    delay.disable();
    appending += waits.at(-1) ?? 0;
  }
  const [state] = await store.states(RUN);
  const bytes = state?.bytes ?? 0;
  figure('telemetry', {
    what: 'append',
    ...{ rows: ROWS, logMb: Math.round(bytes / 1e6) },
    mbPerSecond: Math.round(bytes / 1e3 / appending),
    ...{ p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99) },
    loopDelayMsMax: rounded(delay.max / 1e6),
  });
  await sealAndMake(store, folder);
  await store.close();
}

/** A seal answers at once; the files of columns are made behind it. */
async function sealAndMake(store: TelemetryStore, folder: string): Promise<void> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await store.seal(RUN);
  const sealMs = rounded(performance.now() - started);
  let verdict = await store.columns.keys(RUN, 'history');
  while ((await looseLines(folder)) > 0) await new Promise((wake) => setTimeout(wake, 100));
  verdict = await store.columns.keys(RUN, 'history');
  const { user, system } = process.cpuUsage(cpu);
  figure('telemetry', {
    what: 'columns after the last append',
    sealMs,
    seconds: rounded((performance.now() - started) / 1e3),
    cpuSeconds: rounded((user + system) / 1e6),
    keys: verdict.keys.length,
    ...(await filesOf(folder)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  });
}

async function looseLines(folder: string): Promise<number> {
  const files = await readdir(columnsFolder(folder));
  const ends = files
    .filter((name) => name.endsWith('.parquet') && !name.startsWith('.'))
    .map((name) => name.split(/[-.]/).map(Number))
    .map(([from = 0, to = 0]) => to - from);
  return ROWS - ends.reduce((sum, lines) => sum + lines, 0);
}

async function filesOf(folder: string) {
  const names = await readdir(columnsFolder(folder));
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(join(columnsFolder(folder), name))).size),
  );
  return {
    files: names.length,
    columnsMb: Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6),
  };
}

function columnsFolder(folder: string): string {
  return join(folder, 'bb', RUN, 'history.columns');
}

async function askCold(folder: string): Promise<void> {
  const questions = { 'sample of one key': sample, 'one step': step, 'all keys': keys };
  for (const [what, ask] of Object.entries(questions)) {
    const waits: number[] = [];
    const cpu = process.cpuUsage();
    for (let time = 0; time < COLD_TIMES; time += 1) {
      const store = await openFilesystemTelemetryStore({ folder });
      const started = performance.now();
      await ask(store, time);
      waits.push(performance.now() - started);
      await store.close();
    }
    figure('telemetry', {
      what: `${what}, cold`,
      p50Ms: quantile(waits, 0.5),
      cpuMs: cpuMsSince(cpu, COLD_TIMES),
      ms: waits.map(rounded),
    });
  }
}

async function askWarm(store: TelemetryStore): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const questions = {
    'sample of one key': (at: number) => sample(store, at % 3),
    'sample of one key, each time another': (at: number) => sample(store, at),
    'page of a scan, one key': page(store, ['metric_7']),
    'page of a scan, whole rows': wholePage(store),
    'one step': (at: number) => step(store, at),
    '500 whole rows, evenly': (at: number) => evenRows(store, at),
    'all keys': () => keys(store),
  };
  for (const [what, ask] of Object.entries(questions)) {
    for (let at = 0; at < 3; at += 1) await ask(at);
    delay.reset();
    delay.enable();
    const waits: number[] = [];
    const cpu = process.cpuUsage();
    for (let at = 0; at < ASKED_TIMES; at += 1) {
      const started = performance.now();
      await ask(at);
      waits.push(performance.now() - started);
    }
    delay.disable();
    figure('telemetry', {
      what,
      ...{ p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99) },
      cpuMs: cpuMsSince(cpu, ASKED_TIMES),
      loopDelayMsMax: rounded(delay.max / 1e6),
    });
  }
  figure('telemetry', { peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024) });
}

/** Time of a processor that each of some questions took, of all threads. */
function cpuMsSince(before: NodeJS.CpuUsage, questions: number): number {
  const { user, system } = process.cpuUsage(before);
  return rounded((user + system) / 1_000 / questions);
}

function sample(store: TelemetryStore, at: number) {
  const keys = ['_step', `metric_${at % METRICS}`];
  return store.columns.sample(RUN, 'history', { keys, values: 'all', samples: SAMPLES });
}

function step(store: TelemetryStore, at: number) {
  const from = (at * 7_919) % ROWS;
  const steps = { from, to: from + 1 };
  return store.columns.scan(RUN, 'history', { keys: ['metric_3'], steps, limit: 10 });
}

function keys(store: TelemetryStore) {
  return store.columns.keys(RUN, 'history');
}

function page(store: TelemetryStore, names: readonly string[]) {
  return (at: number) => {
    const from = (at * 104_729) % ROWS;
    const steps = { from, to: from + PAGE_ROWS };
    return store.columns.scan(RUN, 'history', { keys: names, steps, limit: PAGE_ROWS });
  };
}

function wholePage(store: TelemetryStore) {
  return async (at: number) => {
    const { rows } = await page(store, [])(at);
    return store.columns.lines(
      RUN,
      'history',
      rows.map(({ line }) => line),
    );
  };
}

function evenRows(store: TelemetryStore, at: number) {
  const apart = Math.floor(ROWS / SAMPLES);
  const numbers = Array.from({ length: SAMPLES }, (_, row) => row * apart + (at % apart));
  return store.columns.lines(RUN, 'history', numbers);
}

/** Rows of about 940 bytes, as a trainer logs them; the same each time. */
function rowsFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const step = first + at;
    const metrics = Array.from(
      { length: METRICS },
      (_, metric) => `"metric_${metric}":${metricOf(step, metric)}`,
    );
    const time = 1_700_000_000 + step / 10;
    return `{"_step":${step},"_timestamp":${time},"_runtime":${step / 10},${metrics.join(',')}}`;
  });
}

function metricOf(step: number, metric: number): string {
  const noise = ((step * 2_654_435_761 + metric * 40_503) % 1_000_003) / 1_000_003;
  return (1 / (1 + step / 5_000) + noise / 10).toFixed(5);
}

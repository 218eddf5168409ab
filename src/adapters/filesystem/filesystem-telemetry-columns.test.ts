import { readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import { SAMPLES_MAX } from '../../ports/telemetry-columns.ts';
import type { TelemetryStore } from '../../ports/telemetry-store.ts';
import { LOOSE_LINES_MAX } from './filesystem-telemetry-columns.ts';
import { openFilesystemTelemetryStore } from './filesystem-telemetry-store.ts';
import { STRETCH_LINES } from './telemetry-index.ts';
import { LULL_MS } from './telemetry-lull.ts';
import { TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import { TelemetryThread } from './telemetry-thread.ts';

const RUN = `run_${'c'.repeat(43)}`;
const WHOLE = { values: 'all', samples: SAMPLES_MAX } as const;
/** How long files of columns may take to be made, in milliseconds. */
const MADE_MS_MAX = 60_000;

async function openFolder() {
  const folder = await temporaryFolder();
  const log = join(folder, 'cc', RUN, 'history.log');
  const columns = join(folder, 'cc', RUN, 'history.columns');
  const reopen = () => openFilesystemTelemetryStore({ folder });
  const files = async () => {
    const names = await readdir(columns).catch(() => []);
    return names.filter((name) => name.endsWith('.parquet')).sort();
  };
  return { folder, log, columns, reopen, files };
}

const append = (store: TelemetryStore, offset: number, lines: string[]) =>
  store.append(RUN, [{ stream: 'history', offset, lines }]);

/** A folder whose columns say all that its log says, and nobody has it open. */
async function sealedFolder(lines: string[]) {
  const opened = await openFolder();
  const store = await opened.reopen();
  for (let at = 0; at < lines.length; at += 5_000) {
    await append(store, at, lines.slice(at, at + 5_000));
  }
  await store.seal(RUN);
  await store.close();
  return opened;
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => `{"_step":${at},"a":${at / 4},"b":"text ${at % 7}"}`);

/** The rows of a key, and how the store says that columns stand to the log. */
async function seen(store: TelemetryStore, key = 'a') {
  const { rows, count } = await store.columns.sample(RUN, 'history', { keys: [key], ...WHOLE });
  const [verdict] = await store.columns.verify(RUN);
  return { values: rows.map(({ values }) => values[0]), count, verdict };
}

async function until(what: () => Promise<boolean>): Promise<void> {
  const tries = MADE_MS_MAX / 50;
  for (let at = 0; at < tries && !(await what()); at += 1) {
    await new Promise((wake) => setTimeout(wake, 50));
  }
  expect(await what()).toBe(true);
}

test('a stretch gets its file while the run grows, and the rest at the seal', async () => {
  const { reopen, files, columns } = await openFolder();
  const store = await reopen();
  const lines = rows(STRETCH_LINES + 100);
  await append(store, 0, lines.slice(0, STRETCH_LINES - 1));
  await append(store, STRETCH_LINES - 1, lines.slice(STRETCH_LINES - 1));
  await until(async () => (await files()).length === 1);
  expect(await seen(store)).toMatchObject({
    count: lines.length,
    verdict: { compared: STRETCH_LINES, waiting: 100, fault: null },
  });
  await store.seal(RUN);
  await store.close();
  expect(await files()).toEqual([
    expect.stringMatching(/^000000000000-000000016384\.\d+\.parquet$/),
    expect.stringMatching(/^000000016384-000000016484\.\d+\.parquet$/),
  ]);
  expect((await readdir(columns)).sort().at(-1)).toBe('_manifest.json');
  const later = await reopen();
  expect((await seen(later)).verdict).toMatchObject({ compared: lines.length, waiting: 0 });
  await later.close();
});

test('a sealed run gets its file in a pause, or as soon as somebody reads it', async () => {
  const { reopen, files } = await openFolder();
  const store = await reopen();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  await append(store, 0, rows(10));
  await store.seal(RUN);
  await vi.advanceTimersByTimeAsync(LULL_MS - 1);
  expect(await files()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  vi.useRealTimers();
  await until(async () => (await files()).length === 1);
  await append(store, 10, rows(20).slice(10));
  await store.seal(RUN);
  expect((await seen(store)).count).toBe(20);
  await until(async () => (await files())[0]?.startsWith('000000000000-000000000020.') === true);
  await store.close();
});

test('columns cannot be brought up to date by who only reads, or when it fails', async () => {
  const { folder, reopen } = await openFolder();
  const reader = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  await expect(reader.columns.bringUpToDate(RUN)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await reader.close();
  const store = await reopen();
  await append(store, 0, rows(10));
  const made = vi.spyOn(TelemetryThread.prototype, 'ask').mockRejectedValueOnce(new Error('full'));
  const text = `files of columns could not be made of the history of ${RUN}`;
  await expect(store.columns.bringUpToDate(RUN)).rejects.toThrow(text);
  made.mockRestore();
  await store.columns.bringUpToDate(RUN);
  expect((await seen(store)).verdict).toMatchObject({ compared: 10, waiting: 0 });
  await store.close();
});

test('lines that are written anew outrun their file, until it is made anew', async () => {
  const { reopen, files } = await sealedFolder(rows(50));
  const before = await files();
  const store = await reopen();
  await append(store, 7, ['{"a":-1}', '{"b":2}', 'no row']);
  const { values, verdict } = await seen(store);
  expect(values).toHaveLength(48);
  expect(values[7]).toBe(-1);
  expect(verdict).toMatchObject({ compared: 0, waiting: 50, fault: null });
  await store.seal(RUN);
  await store.close();
  const after = await files();
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
  const later = await reopen();
  expect(await seen(later)).toEqual({ ...(await seen(later)), values, count: 48 });
  expect((await seen(later)).verdict).toMatchObject({ compared: 50, waiting: 0, fault: null });
  await later.close();
});

test('files that a crash left behind are neither believed nor kept', async () => {
  const { reopen, files, columns } = await sealedFolder(rows(50));
  const [made] = await files();
  const half = (await readFile(join(columns, made!))).subarray(0, 500);
  await writeFile(join(columns, '.000000000000-000000000050.9.parquet.tmp'), half);
  await writeFile(join(columns, '000000000000-000000000050.9.parquet'), half);
  const store = await reopen();
  expect((await seen(store)).count).toBe(50);
  await append(store, 50, rows(1));
  await store.seal(RUN);
  await store.close();
  const names = (await readdir(columns)).sort();
  expect(names).toEqual([expect.stringMatching(/^0+-0+51\.\d+\.parquet$/), '_manifest.json']);
});

test.each([
  ['a manifest that is gone', async (columns: string) => unlink(join(columns, '_manifest.json'))],
  [
    'a manifest that is cut',
    async (columns: string) => {
      const text = await readFile(join(columns, '_manifest.json'));
      await writeFile(join(columns, '_manifest.json'), text.subarray(0, 60));
    },
  ],
  ['a file that is gone', async (columns: string, file: string) => unlink(join(columns, file))],
  [
    'a file that is cut',
    async (columns: string, file: string) => {
      const bytes = await readFile(join(columns, file));
      await writeFile(join(columns, file), bytes.subarray(0, bytes.byteLength - 9));
    },
  ],
  [
    'a file of zeros',
    async (columns: string, file: string) => {
      const bytes = await readFile(join(columns, file));
      await writeFile(join(columns, file), bytes.fill(0));
    },
  ],
])('%s costs nothing but time: the log answers, and the file is made anew', async (_, spoil) => {
  const { reopen, files, columns } = await sealedFolder(rows(50));
  await spoil(columns, (await files())[0]!);
  const store = await reopen();
  const asked = { keys: ['a'], ...WHOLE } as const;
  expect((await store.columns.sample(RUN, 'history', asked)).count).toBe(50);
  await store.columns.sample(RUN, 'history', asked);
  await store.close();
  const later = await reopen();
  expect((await seen(later)).verdict).toMatchObject({ compared: 50, waiting: 0, fault: null });
  await later.close();
});

test('one flipped bit in a column is noticed by who reads it, and the log answers', async () => {
  const { reopen, files, columns } = await sealedFolder(rows(50));
  const path = join(columns, (await files())[0]!);
  const bytes = await readFile(path);
  const at = bytes.indexOf(Buffer.from(new Float64Array([49 / 4]).buffer));
  await writeFile(path, flipped(bytes, at));
  const store = await reopen();
  const { rows: found } = await store.columns.sample(RUN, 'history', { keys: ['a'], ...WHOLE });
  expect(found.map(({ values }) => values[0])).toEqual(rows(50).map((_, row) => row / 4));
  await store.close();
});

test('several files that cannot be read cost nothing but time', async () => {
  const lines = rows(2 * STRETCH_LINES + 50);
  const { reopen, files, columns } = await sealedFolder(lines);
  for (const file of await files()) await writeFile(join(columns, file), Buffer.alloc(5_000));
  const store = await reopen();
  expect((await seen(store)).count).toBe(lines.length);
  await store.close();
});

test('verify compares what a running hub puts in the place of a file', async () => {
  const { folder, reopen } = await sealedFolder(rows(50));
  const reader = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  expect((await seen(reader)).verdict).toMatchObject({ compared: 50, fault: null });
  const store = await reopen();
  await append(store, 50, rows(60).slice(50));
  await store.seal(RUN);
  await store.close();
  const [verdict] = await reader.columns.verify(RUN);
  expect(verdict).toMatchObject({ compared: 60, waiting: 0, fault: null });
  await reader.close();
});

test('verify takes no line that was written anew meanwhile for a difference', async () => {
  const { folder, reopen } = await sealedFolder(rows(50));
  const reader = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  const store = await reopen();
  const plan = vi.spyOn(TelemetryStreamColumns.prototype, 'plan');
  onTestFinished(() => {
    plan.mockRestore();
  });
  plan.mockImplementationOnce(async function (this: TelemetryStreamColumns) {
    const planned = await this.plan();
    await append(store, 7, ['{"a":-1}']);
    return planned;
  });
  const [verdict] = await reader.columns.verify(RUN);
  expect(verdict).toMatchObject({ compared: 0, waiting: 50, fault: null });
  await store.close();
  await reader.close();
});

test('verify tells of a file that is gone', async () => {
  const { folder, files, columns } = await sealedFolder(rows(50));
  const [file] = await files();
  await unlink(join(columns, file!));
  const store = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  const [verdict] = await store.columns.verify(RUN);
  expect(verdict?.fault).toContain(`${file} cannot be read: ENOENT`);
  await store.close();
});

test('who waits for files does not hold up closing', async () => {
  const { reopen } = await openFolder();
  const stuck: (() => void)[] = [];
  const { ask, close } = TelemetryThread.prototype;
  const asked = vi.spyOn(TelemetryThread.prototype, 'ask');
  asked.mockImplementation(function (this: TelemetryThread, operation, input) {
    if (operation !== 'make') return Reflect.apply(ask, this, [operation, input]);
    return new Promise((_, reject) => stuck.push(() => reject(new Error('closed')))) as never;
  });
  const closed = vi.spyOn(TelemetryThread.prototype, 'close');
  closed.mockImplementation(function (this: TelemetryThread) {
    for (const end of stuck) end();
    return close.call(this);
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const store = await reopen();
  const lines = rows(LOOSE_LINES_MAX + 1);
  for (let at = 0; at < lines.length; at += 10_000) {
    await append(store, at, lines.slice(at, at + 10_000));
  }
  const reading = store.columns.sample(RUN, 'history', { keys: ['a'], ...WHOLE, samples: 2 });
  await until(async () => stuck.length > 0);
  await store.close();
  expect((await reading).count).toBe(lines.length);
}, 60_000);

test('verify names the first line where a file and the log differ', async () => {
  const { folder, files, columns } = await sealedFolder(rows(50));
  const path = join(columns, (await files())[0]!);
  const bytes = await readFile(path);
  const at = bytes.indexOf(Buffer.from(new Float64Array([49 / 4]).buffer));
  await writeFile(path, flipped(bytes, at + 6));
  const store = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  const [verdict] = await store.columns.verify(RUN);
  expect(verdict?.fault).toMatch(/^line 49, a: the log has 12.25, 0+-0+50\.\d+\.parquet has \d/);
  await store.close();
});

test('verify notices any flipped bit of a file', async () => {
  const { folder, files, columns } = await sealedFolder(rows(20));
  const path = join(columns, (await files())[0]!);
  const bytes = await readFile(path);
  const store = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  for (let at = 0; at < bytes.byteLength; at += 61) {
    await writeFile(path, flipped(bytes, at));
    const [verdict] = await store.columns.verify(RUN);
    expect(verdict?.fault, `byte ${at}`).toEqual(expect.any(String));
  }
  await writeFile(path, bytes);
  expect((await store.columns.verify(RUN))[0]?.fault).toBeNull();
  await store.close();
});

test('verify notices a flipped bit of the log, and so does a seal', async () => {
  const { reopen, log } = await sealedFolder(rows(20_000));
  await writeFile(log, flipped(await readFile(log), 5_000));
  const store = await reopen();
  const [verdict] = await store.columns.verify(RUN);
  expect(verdict).toMatchObject({ fault: 'the log is damaged at byte 0', compared: 0 });
  const sealed = await store.seal(RUN);
  expect(sealed).toMatchObject([{ lines: 20_000, digest: null }]);
  expect((await store.columns.verify(RUN, sealed))[0]?.fault).toBe(verdict?.fault);
  await store.close();
});

test('a log that is whole but was put on record as damaged is told of', async () => {
  const { reopen } = await sealedFolder(rows(20));
  const store = await reopen();
  const [verdict] = await store.columns.verify(RUN, [
    { stream: 'history', bytes: 9, digest: null },
  ]);
  expect(verdict?.fault).toBe('the log was damaged when it was put on record');
  await store.close();
});

test('a log that was replaced is read from its start', async () => {
  const { reopen, log } = await sealedFolder(rows(50));
  const other = await sealedFolder(rows(60).map((text) => text.replace('"a"', '"z"')));
  await writeFile(log, await readFile(other.log));
  const store = await reopen();
  expect(await store.states(RUN)).toMatchObject([{ lines: 60 }]);
  expect((await seen(store)).count).toBe(0);
  expect(await seen(store, 'z')).toMatchObject({ count: 60, verdict: { fault: null } });
  await store.close();
});

test('rows too wide for one file are halved', async () => {
  const text = 'x'.repeat(200_000);
  const lines = Array.from({ length: 200 }, (_, at) => `{"a":${at},"b":"${text}${at}"}`);
  const { reopen, files } = await openFolder();
  const store = await reopen();
  for (let at = 0; at < lines.length; at += 100) await append(store, at, lines.slice(at, at + 100));
  const asked = { keys: ['a'], values: 'all', samples: 2 } as const;
  const expected = { rows: [0, 199].map((line) => ({ line, values: [line] })), count: 200 };
  expect(await store.columns.sample(RUN, 'history', asked)).toMatchObject(expected);
  await store.seal(RUN);
  await until(async () => (await files()).length === 2);
  expect(await store.columns.sample(RUN, 'history', asked)).toMatchObject(expected);
  expect((await seen(store)).verdict).toMatchObject({ compared: 200, fault: null });
  await store.close();
}, 120_000);

test('who only reads makes no files', async () => {
  const { folder, reopen, files } = await openFolder();
  const store = await reopen();
  await append(store, 0, rows(10));
  const reader = await openFilesystemTelemetryStore({ folder, columns: 'read' });
  expect((await reader.columns.keys(RUN, 'history')).keys).toHaveLength(3);
  await reader.seal(RUN);
  await reader.close();
  expect(await files()).toEqual([]);
  await store.close();
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 1;
  return copy;
}

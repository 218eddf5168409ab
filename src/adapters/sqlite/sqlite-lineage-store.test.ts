import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { FactRow, LineageStore } from '../../ports/lineage-store.ts';
import { openDatabase } from './driver.ts';
import type { Input, Operation, Output, WorkerRole } from './protocol.ts';
import { ReaderPool } from './reader-pool.ts';
import {
  openSqliteLineageStore,
  SqliteLineageStore,
  type SqliteLineageStoreOptions,
  TRANSACTION_MS_MAX,
} from './sqlite-lineage-store.ts';
import { WorkerLink } from './worker-link.ts';

const COMPILED = new URL('../../../dist/adapters/sqlite/', import.meta.url);
const NOW = instantFromMs(1_790_000_000_000);
const PAGE = { scope: { all: true }, order: 'id', limit: 1_000 } as const;

test('a path with odd signs is a path', async () => {
  const file = join(await folder(), 'a b%20#?é.db');
  const store = await open({ file });
  await record(store, node('run_a'));
  expect(await store.get(['run_a'])).toEqual([node('run_a')]);
});

test('a folder that is missing is refused by name', async () => {
  const file = join(await folder(), 'missing', 'lineage.db');
  await expect(open({ file })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: `cannot open the lineage store ${file}`,
  });
});

test('a file that is no database is refused', async () => {
  const file = fileURLToPath(import.meta.url);
  await expect(open({ file, access: 'read-only' })).rejects.toMatchObject({
    code: 'INTERNAL',
    message: 'the file is no SQLite database',
  });
});

test.each([0, 17, 1.5])('%d readers are refused', async (readers) => {
  const file = join(await folder(), 'lineage.db');
  await expect(open({ file, readers })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('a schema of a newer release is refused, for writing and for reading', async () => {
  const file = await filled();
  change(file, "update meta set value = '99' where key = 'schema'");
  const message = /schema 99 .* knows schemas up to \d+: it was written by a newer release/;
  for (const access of ['read-write', 'read-only'] as const) {
    await expect(open({ file, access })).rejects.toThrow(message);
  }
});

test('a reader refuses an older schema instead of reading it wrongly', async () => {
  const file = await filled();
  change(file, "update meta set value = '0' where key = 'schema'");
  await expect(open({ file, access: 'read-only' })).rejects.toThrow(
    'open it for writing once to bring it up to date',
  );
});

test('a graph of another projection is refused; who names none may read it', async () => {
  const file = await filled({ projectionVersion: 3 });
  const message = 'built by projection 3 and this release builds projection 4';
  await expect(open({ file, projectionVersion: 4 })).rejects.toThrow(message);
  const reading = { file, access: 'read-only' } as const;
  await expect(open({ ...reading, projectionVersion: 4 })).rejects.toThrow(message);
  const store = await open(reading);
  expect(await store.get(['run_a'])).toEqual([node('run_a')]);
});

test('a store that is open for reading only changes nothing and makes no file', async () => {
  const file = await filled();
  const store = await open({ file, access: 'read-only' });
  expect((await store.head()).size).toBe(1);
  await expect(record(store, node('run_b'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  const absent = join(await folder(), 'absent.db');
  await expect(open({ file: absent, access: 'read-only' })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  await expect(stat(absent)).rejects.toThrow('ENOENT');
});

test('closing lets go of the file and leaves the database alone', async () => {
  const file = await filled();
  expect(await readdir(join(file, '..'))).toEqual(['lineage.db']);
});

test('transactions that wait when the store is closed are carried out', async () => {
  const file = join(await folder(), 'lineage.db');
  const store = await open({ file });
  const waiting = ['run_a', 'run_b', 'run_c'].map((id) => record(store, node(id)));
  await store.close();
  await Promise.all(waiting);
  const later = await open({ file });
  expect((await later.head()).size).toBe(3);
});

type Side = 'before' | 'after';

/**
 * A thread that ends right before or after it does a certain thing, and does not answer. It is
 * never ended within the library's code, which would end the whole process.
 */
class EndingLink extends WorkerLink {
  constructor(
    readonly endsAt: Operation,
    readonly side: Side = 'after',
  ) {
    super();
  }

  override async ask<O extends Operation>(
    operation: O,
    input: Input<O>,
    handedOver: readonly ArrayBuffer[] = [],
  ): Promise<Output<O>> {
    if (operation === this.endsAt) {
      if (this.side === 'after') await super.ask(operation, input, handedOver);
      await this.terminate();
    }
    return super.ask(operation, input, handedOver);
  }
}

test.each([
  ['before', 0],
  ['after', 1],
] as const)(
  'a thread that ends right %s a commit leaves the outcome unknown',
  async (side, kept) => {
    const store = await openWith(new EndingLink('commit', side));
    const attempt = record(store, node('run_a'));
    await expect(attempt).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: { outcome: 'unknown' },
    });
    // It was committed whole or not at all, and the next transaction goes on from there.
    expect((await store.head()).size).toBe(kept);
    expect((await store.list(PAGE)).length).toBe(kept);
    await record(store, node('run_b'));
    expect((await store.head()).size).toBe(kept + 1);
  },
);

test('a thread that ends during a transaction lets go of the head', async () => {
  const store = await openWith(new EndingLink('load'));
  const attempt = record(store, node('run_a'));
  await expect(attempt).rejects.toMatchObject({ code: 'UNAVAILABLE', details: {} });
  expect((await store.head()).size).toBe(0);
  await record(store, node('run_b'));
  expect(await store.get(['run_a', 'run_b'])).toEqual([null, node('run_b')]);
});

test('work that never ends loses the head after a while, and all it appended', async () => {
  const store = await open({ file: join(await folder(), 'lineage.db') });
  let begun = () => {};
  const holding = new Promise<void>((resolve) => {
    begun = resolve;
  });
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const attempt = store.transact(async (tx) => {
    await tx.append({ facts: [], nodes: [node('run_a')], edges: [], about: [] });
    begun();
    await new Promise(() => {});
  });
  const refused = expect(attempt).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: `a transaction held the head for longer than ${TRANSACTION_MS_MAX} ms`,
  });
  await holding;
  vi.advanceTimersByTime(TRANSACTION_MS_MAX);
  await refused;
  await record(store, node('run_b'));
  expect(await store.get(['run_a', 'run_b'])).toEqual([null, node('run_b')]);
});

test('a thread whose database does not close is ended all the same', async () => {
  const link = new WorkerLink();
  await link.take({ role: 'reader', file: await filled(), projectionVersion: null });
  const ask = vi.spyOn(link, 'ask').mockRejectedValueOnce(new Error('it does not close'));
  await expect(link.close()).rejects.toThrow('it does not close');
  expect(ask).toHaveBeenCalledWith('close', null);
  expect(link.alive).toBe(false);
});

test('a reader that ends is replaced', async () => {
  const file = await filled();
  const role: WorkerRole = { role: 'reader', file, projectionVersion: null };
  const pool = await ReaderPool.open(role, new EndingLink('get'), 1);
  onTestFinished(() => pool.close());
  await expect(pool.ask('get', ['run_a'])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await pool.ask('head', null)).toMatchObject({ size: 1 });
});

test('short questions do not wait for long ones', async () => {
  const file = await filled();
  const role: WorkerRole = { role: 'reader', file, projectionVersion: null };
  const pool = await ReaderPool.open(role, new WorkerLink(), 2);
  onTestFinished(() => pool.close());
  await Promise.all([pool.ask('head', null), pool.ask('head', null)]);
  const answered: string[] = [];
  const walk = { roots: ['run_a'], direction: 'BOTH', kinds: [], depth: 1, limit: 1 } as const;
  const walks = Array.from({ length: 50 }, (_, n) =>
    pool.ask('walk', walk).then(() => answered.push(`walk ${n}`)),
  );
  await pool.ask('head', null);
  expect(answered.length).toBeLessThan(50);
  await Promise.all(walks);
});

test('a head that another process holds for too long is UNAVAILABLE', async () => {
  const file = await filled();
  const store = await open({ file });
  const other = openDatabase({ file, access: 'read-write', busyMsMax: 0 });
  other.exec('begin immediate');
  await expect(record(store, node('run_b'))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'the lineage store is locked by another writer',
    details: {},
  });
  const waiting = record(store, node('run_c'));
  other.exec('rollback');
  other.close();
  await waiting;
  expect((await store.head()).size).toBe(2);
});

test('the write-ahead log is cut in a quiet moment', async () => {
  const file = await filled();
  const store = await open({ file });
  for (let n = 0; n < 20; n += 1) await record(store, node(`run_${n}`));
  expect((await stat(`${file}-wal`)).size).toBeGreaterThan(0);
  await expect.poll(async () => (await stat(`${file}-wal`)).size, { timeout: 5_000 }).toBe(0);
});

test('two processes write to one file at once and lose nothing', async () => {
  const file = await filled();
  const store = await open({ file });
  const child = writerProcess(file, 40);
  const lines = acknowledged(child);
  for (let n = 0; n < 40; n += 1) await record(store, node(`run_here_${n}`));
  expect(await lines).toHaveLength(40);
  const ids = (await store.list(PAGE)).map(({ id }) => id);
  expect(ids.filter((id) => id.startsWith('run_here_'))).toHaveLength(40);
  expect(ids.filter((id) => id.startsWith('run_there_'))).toHaveLength(40);
  expect((await store.head()).size).toBe(81);
});

test('what was acknowledged survives kill -9', async () => {
  const file = await filled();
  const child = writerProcess(file, 100_000);
  let seen = 0;
  child.stdout.on('data', (data: Buffer) => {
    seen += String(data).split('\n').length - 1;
    if (seen > 50) child.kill('SIGKILL');
  });
  const lines = await acknowledged(child);
  expect(lines.length).toBeGreaterThan(50);
  const store = await open({ file });
  const rows = await store.get(lines);
  expect(rows.filter((row) => row === null)).toEqual([]);
  const { size } = await store.head();
  expect(size).toBeGreaterThan(lines.length);
  const last = await store.facts({ ...PAGE, order: 'newest', limit: 1 });
  expect(last[0]?.index).toBe(size - 1);
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ledgerline-sqlite-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function open(options: SqliteLineageStoreOptions): Promise<LineageStore & Closing> {
  const store = await openSqliteLineageStore(options);
  onTestFinished(() => store.close());
  return store;
}

interface Closing {
  close(): Promise<void>;
}

/** A store whose first writing thread is the given one. */
async function openWith(link: WorkerLink): Promise<LineageStore> {
  const file = join(await folder(), 'lineage.db');
  const role: WorkerRole = { role: 'writer', file, projectionVersion: 1 };
  await link.take(role);
  const pool = await ReaderPool.open({ ...role, role: 'reader' }, new WorkerLink(), 1);
  const store = new SqliteLineageStore(pool, { role, link });
  onTestFinished(() => store.close());
  return store;
}

/** A database with one fact and one node. */
async function filled(options: Partial<SqliteLineageStoreOptions> = {}): Promise<string> {
  const file = join(await folder(), 'lineage.db');
  const store = await openSqliteLineageStore({ file, ...options });
  await record(store, node('run_a'));
  await store.close();
  return file;
}

function change(file: string, sql: string): void {
  const database = openDatabase({ file, access: 'read-write', busyMsMax: 1_000 });
  database.exec(sql);
  database.close();
}

function node(id: string): NodeRow {
  return {
    id,
    kind: 'RUN',
    project: null,
    name: id,
    props: {},
    identifiers: [],
    since: 0,
    last: 0,
    recordedAt: NOW,
  };
}

function record(store: LineageStore, row: NodeRow): Promise<void> {
  return store.transact(async (tx) => {
    await tx.load({ nodes: [row.id], edges: [], out: [], into: [], idempotency: [] });
    const fact: FactRow = {
      index: tx.head.size,
      id: `fct_${row.id}`,
      type: 'test.recorded',
      outcome: 'allow',
      actor: 'act:00000000-0000-4000-8000-000000000001',
      subject: row.id,
      projects: [],
      recordedAt: NOW,
      leaf: new Uint8Array([1]),
      sidecar: [],
      idempotency: null,
    };
    await tx.append({ facts: [fact], nodes: [row], edges: [], about: [] });
  });
}

/** A process of its own that writes nodes and prints the id of each one that is durable. */
function writerProcess(file: string, count: number) {
  const store = JSON.stringify(new URL('sqlite-lineage-store.js', COMPILED).href);
  const code = `
    const { openSqliteLineageStore } = await import(${store});
    const now = ${JSON.stringify(NOW)};
    const store = await openSqliteLineageStore({ file: ${JSON.stringify(file)} });
    for (let n = 0; n < ${count}; n += 1) {
      const id = 'run_there_' + n;
      const node = ${JSON.stringify(node('x'))};
      await store.transact((tx) => tx.append({
        facts: [{ index: tx.head.size, id: 'fct_' + id, type: 't', outcome: 'allow', actor: 'act:x',
          subject: id, projects: [], recordedAt: now, leaf: new Uint8Array([1]), sidecar: [],
          idempotency: null }],
        nodes: [{ ...node, id }], edges: [], about: [[id, tx.head.size]],
      }));
      console.log(id);
    }
    await store.close();
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The lines that the process has printed when it ends, whole ones only. */
async function acknowledged(child: ReturnType<typeof writerProcess>): Promise<string[]> {
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await once(child, 'close');
  return lines.filter((line) => /^run_there_\d+$/.test(line));
}

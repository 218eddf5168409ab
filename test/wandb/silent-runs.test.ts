import { describe, expect, it } from 'vitest';
import { stopRun } from '../../src/commands/stop-run.ts';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import { type Instant, instantFromMs, msOfInstant } from '../../src/domain/time.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { sealedRunFiles } from '../../src/transport/kept-run-files.ts';
import { RunActivity } from '../../src/transport/wandb/run-activity.ts';
import {
  RunWatcher,
  STANDSTILL_MS,
  TELEMETRY_SEAL_INTERVAL_MS,
} from '../../src/workers/run-watcher.ts';
import { openTestHub } from '../support/open-hub.ts';
import type { SettableClock } from '../support/settable-clock.ts';
import { withClock } from '../support/with-clock.ts';
import { type Door, serveDoor, upsertRun } from './open-door.ts';

const SILENT_MS = 300_000;
const HEARTBEAT_MS = 30_000;

interface Watched {
  readonly door: Door;
  readonly clock: SettableClock;
  readonly hub: Hub;
  readonly activity: RunActivity;
  readonly watcher: RunWatcher;
  /** Time passes as it does for a hub that looks around all the while. */
  pass(ms: number): Promise<void>;
}

async function openWatched(): Promise<Watched> {
  const { hub, clock } = withClock((await openTestHub()).hub);
  const activity = new RunActivity(hub);
  const door = await serveDoor(hub, activity);
  const watcher = watcherOf(hub, activity);
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += HEARTBEAT_MS) {
      clock.advance(Math.min(HEARTBEAT_MS, ms - passed));
      await watcher.turn();
    }
  };
  return { door, clock, hub, activity, watcher, pass };
}

function watcherOf(hub: Hub, signs: RunActivity): RunWatcher {
  const sealedFiles = (run: string) => sealedRunFiles(hub, run);
  return new RunWatcher({ ...partsOf(hub), signs, sealedFiles, silentMs: SILENT_MS });
}

const partsOf = ({ store, ledger, telemetry, clock, log }: Hub) => ({
  ...{ store, ledger, telemetry, clock, log },
});

const history = (offset: number, ...content: string[]) => ({
  files: { 'wandb-history.jsonl': { offset, content } },
});
const SUMMARY = { 'wandb-summary.json': { offset: 0, content: ['{"a":1}'] } };

async function rowOf({ hub }: Pick<Watched, 'hub'>) {
  const [row] = await hub.store.list({
    scope: { all: true },
    kinds: ['RUN'],
    order: 'id',
    limit: 1,
  });
  if (!row) throw new Error('there is no run');
  return row;
}

const statusOf = async (watched: Pick<Watched, 'hub'>) => (await rowOf(watched)).props.status;
const isWatched = async ({ activity }: Watched) =>
  (await activity.page(undefined, 10)).length === 1;

async function lastLeaf({ hub }: Pick<Watched, 'hub'>) {
  const page = { order: 'newest', limit: 1, scope: { all: true } } as const;
  const [row] = await hub.store.facts(page);
  return parseLeaf((row as { leaf: Uint8Array }).leaf);
}

describe('a run that falls silent', () => {
  it('has crashed, and ended when it was heard of last', async () => {
    const watched = await openWatched();
    const { door, clock, pass, hub } = watched;
    await upsertRun(door, 'r');
    await door.stream('r', { files: { ...history(0, '{"a":1}').files, ...SUMMARY } });
    await pass(HEARTBEAT_MS);
    await door.stream('r', {});
    const lastSeenAt = instantFromMs(clock.nowMs());
    await pass(SILENT_MS - 1);
    expect(await statusOf(watched)).toBe('RUNNING');
    await pass(1);
    const row = await rowOf(watched);
    expect(row.props).toMatchObject({ status: 'CRASHED', endedAt: lastSeenAt, summary: { a: 1 } });
    expect(row.props.sealed).toEqual(await hub.telemetry.seal(row.id));
    const leaf = await lastLeaf(watched);
    expect(leaf).toMatchObject({
      type: 'run.crashed',
      actor: { kind: 'SYSTEM' },
      occurredAt: lastSeenAt,
      data: { lastSeenAt, silentSeconds: 300, summary: { a: 1 } },
    });
    expect(await isWatched(watched)).toBe(false);
    const { project } = await door.data(
      '{ project(name: "p", entityName: "main") { run(name: "r") { state } } }',
    );
    expect(project.run.state).toBe('crashed');
    await pass(SILENT_MS * 2);
    expect((await lastLeaf(watched)).id).toBe(leaf.id);
  });

  it('before it sent anything is noticed too, if a process made it', async () => {
    const watched = await openWatched();
    await upsertRun(watched.door, 'r', { host: 'box7' });
    await watched.pass(SILENT_MS);
    expect(await statusOf(watched)).toBe('CRASHED');
  });

  it('is not watched when nothing but a name made it', async () => {
    const watched = await openWatched();
    await upsertRun(watched.door, 'r');
    await watched.pass(SILENT_MS * 3);
    expect(await statusOf(watched)).toBe('RUNNING');
  });

  it.each([
    ['a heartbeat', {}],
    ['rows', history(0, '{"a":1}')],
  ])('goes on with %s', async (_what, body) => {
    const watched = await openWatched();
    const { door, pass } = watched;
    await upsertRun(door, 'r', { host: 'box7' });
    await pass(SILENT_MS);
    expect((await door.stream('r', body)).body).toEqual({ exitcode: null, limits: {} });
    const row = await rowOf(watched);
    expect(row.props.status).toBe('RUNNING');
    expect(row.props).not.toHaveProperty('endedAt');
    expect(await isWatched(watched)).toBe(true);
    await pass(SILENT_MS);
    expect(await statusOf(watched)).toBe('CRASHED');
    const types = (await door.facts()).filter((type) => type.startsWith('run.')).slice(1);
    expect(types).toEqual(['run.crashed', 'run.resumed', 'run.crashed']);
  });

  it('goes on with a heartbeat of any process that shares it', async () => {
    const watched = await openWatched();
    const { door, pass } = watched;
    await upsertRun(door, 'r', { host: 'box7' });
    await pass(SILENT_MS);
    const headers = {
      'x-wandb-use-async-filestream': 'true',
      'x-wandb-async-client-id': 'w',
    };
    await door.post('/files/main/p/r/file_stream', '{}', headers);
    expect(await statusOf(watched)).toBe('RUNNING');
  });

  it('is corrected by an end that comes late', async () => {
    const watched = await openWatched();
    const { door, pass } = watched;
    await upsertRun(door, 'r', { host: 'box7' });
    await pass(SILENT_MS);
    await door.stream('r', { ...history(0, '{"a":1}'), complete: true, exitcode: 0 });
    expect((await rowOf(watched)).props).toMatchObject({ status: 'FINISHED', exitCode: 0 });
    expect((await door.facts()).slice(-2)).toEqual(['run.crashed', 'run.finished']);
  });

  it('while the hub was down or stood still was not heard, and that is no silence', async () => {
    const watched = await openWatched();
    const { door, clock, hub, pass, watcher } = watched;
    await upsertRun(door, 'r', { host: 'box7' });
    clock.advance(SILENT_MS * 10);
    const later = watcherOf(hub, new RunActivity(hub));
    await later.turn();
    expect(await statusOf(watched)).toBe('RUNNING');
    clock.advance(STANDSTILL_MS + 1);
    await later.turn();
    await watcher.turn();
    expect(await statusOf(watched)).toBe('RUNNING');
    await pass(SILENT_MS);
    expect(await statusOf(watched)).toBe('CRASHED');
  });

  it('does not crash while its process is heard of, however coarse what is kept', async () => {
    const watched = await openWatched();
    const { door, pass } = watched;
    await upsertRun(door, 'r');
    for (let at = 0; at < 30; at += 1) {
      await door.stream('r', {});
      await pass(HEARTBEAT_MS);
    }
    expect(await statusOf(watched)).toBe('RUNNING');
  });

  it('crashes although looking after others takes long', async () => {
    const watched = await openWatched();
    const { door, clock, hub, activity } = watched;
    for (const name of ['r', 's', 't']) await upsertRun(door, name, { host: 'box7' });
    const sealedFiles = async () => {
      clock.advance(STANDSTILL_MS);
      return [];
    };
    const parts = { ...partsOf(hub), signs: activity, sealedFiles, silentMs: SILENT_MS };
    const watcher = new RunWatcher(parts);
    for (let at = 0; at < 10; at += 1) {
      clock.advance(HEARTBEAT_MS);
      if (at === 9) await upsertRun(door, 'late', { host: 'box7' });
      await watcher.turn();
    }
    // The turn took three minutes, and none of them is a standstill.
    for (let passed = 3 * STANDSTILL_MS; passed < SILENT_MS; passed += HEARTBEAT_MS) {
      clock.advance(HEARTBEAT_MS);
      await watcher.turn();
    }
    const crashes = (await door.facts()).filter((type) => type === 'run.crashed');
    expect(crashes).toHaveLength(4);
  });

  it('and is heard of while its telemetry is sealed does not crash', async () => {
    const watched = await openWatched();
    const { door, clock, hub, activity } = watched;
    await upsertRun(door, 'r', { host: 'box7' });
    const sealedFiles = async () => {
      await door.stream('r', {});
      return [];
    };
    const parts = { ...partsOf(hub), signs: activity, sealedFiles, silentMs: STANDSTILL_MS };
    const watcher = new RunWatcher(parts);
    clock.advance(STANDSTILL_MS);
    expect(await watcher.turn()).toMatchObject({ crashed: 0, failed: 0 });
    expect(await statusOf(watched)).toBe('RUNNING');
  });

  it('is forgotten when it ends, and stays as it ended', async () => {
    const watched = await openWatched();
    const { door, pass } = watched;
    await upsertRun(door, 'r');
    await door.stream('r', { complete: true, exitcode: 0 });
    await pass(HEARTBEAT_MS);
    expect(await isWatched(watched)).toBe(false);
    await door.stream('r', {});
    expect(await isWatched(watched)).toBe(false);
    await pass(SILENT_MS * 2);
    expect(await statusOf(watched)).toBe('FINISHED');
  });

  it('does not keep others from being looked after when it cannot be sealed', async () => {
    const watched = await openWatched();
    const { door, clock, hub, activity } = watched;
    await upsertRun(door, 'r', { host: 'box7' });
    await upsertRun(door, 's', { host: 'box7' });
    let failures = 1;
    const sealedFiles = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('the disk is gone');
      return [];
    };
    const log = { ...hub.log, error: () => undefined };
    const parts = { ...partsOf(hub), log, signs: activity, sealedFiles, silentMs: STANDSTILL_MS };
    const watcher = new RunWatcher(parts);
    clock.advance(STANDSTILL_MS);
    expect(await watcher.turn()).toMatchObject({ crashed: 1, failed: 1 });
    expect(await watcher.turn()).toMatchObject({ crashed: 1, failed: 0 });
  });
});

describe('the telemetry of a run that goes on', () => {
  it('is sealed from time to time, while it grows', async () => {
    const watched = await openWatched();
    const { door, hub, pass, clock, watcher } = watched;
    await upsertRun(door, 'r');
    const beat = async (ms: number) => {
      const until = clock.nowMs() + ms;
      while (clock.nowMs() < until) {
        await door.stream('r', {});
        await pass(HEARTBEAT_MS);
      }
    };
    const seals = async () =>
      (await door.facts()).filter((type) => type === 'runTelemetry.sealed').length;
    await door.stream('r', history(0, '{"a":1}'));
    await beat(TELEMETRY_SEAL_INTERVAL_MS / 2);
    expect(await seals()).toBe(0);
    await beat(TELEMETRY_SEAL_INTERVAL_MS);
    expect(await seals()).toBe(1);
    const { id, props } = await rowOf(watched);
    expect(props.sealed).toEqual(await hub.telemetry.seal(id));
    // The ledger keeps a clock of its own, so the next seal is due by what that one shows.
    clock.set(msOfInstant(props.sealedAt as Instant) + TELEMETRY_SEAL_INTERVAL_MS - 1);
    await door.stream('r', history(1, '{"a":2}'));
    await watcher.turn();
    expect(await seals()).toBe(1);
    clock.advance(1);
    await watcher.turn();
    await watcher.turn();
    expect(await seals()).toBe(2);
    expect((await rowOf(watched)).props.sealed).toEqual(await hub.telemetry.seal(id));
  });

  it('is not sealed again when nothing came since', async () => {
    const watched = await openWatched();
    const { door, clock, watcher } = watched;
    await upsertRun(door, 'r');
    await door.stream('r', history(0, '{"a":1}'));
    for (let at = 0; at < 3; at += 1) {
      clock.advance(TELEMETRY_SEAL_INTERVAL_MS);
      await watcher.turn();
    }
    const sealed = (await door.facts()).filter((type) => type === 'runTelemetry.sealed');
    expect(sealed).toHaveLength(1);
  });
});

describe('a run that is asked to stop', () => {
  const stop = (door: Door, id: string) =>
    door.graphql('mutation ($id: ID!) { stopRun(input: {id: $id}) { success } }', { id });
  const runIdOf = async (door: Door) => {
    const { body } = await upsertRun(door, 'r', { host: 'box7' });
    return body.data.upsertBucket.bucket.id as string;
  };
  const TOLD = { exitcode: null, limits: {}, stopped: true };

  it('is told so by each answer, until it ends as KILLED', async () => {
    const watched = await openWatched();
    const { door } = watched;
    const id = await runIdOf(door);
    expect((await stop(door, id)).body).toEqual({ data: { stopRun: { success: true } } });
    expect((await stop(door, id)).body).toEqual({ data: { stopRun: { success: true } } });
    expect((await door.stream('r', {})).body).toEqual(TOLD);
    expect((await door.stream('r', history(0, '{"a":1}'))).body).toEqual(TOLD);
    const { stopRequestedAt } = (await rowOf(watched)).props;
    const end = await door.stream('r', { complete: true, exitcode: 255 });
    expect(end.body).toEqual({ exitcode: null, limits: {} });
    expect((await rowOf(watched)).props).toMatchObject({ status: 'KILLED', exitCode: 255 });
    expect(await lastLeaf(watched)).toMatchObject({ typeVersion: 2, data: { stopRequestedAt } });
    const types = (await door.facts()).filter((type) => /^run/.test(type));
    expect(types).toEqual(['run.created', 'runStop.requested', 'run.finished']);
  });

  it.each([
    [0, 'FINISHED'],
    [1, 'FAILED'],
  ])('and ends by itself with %d is %s', async (exitcode, status) => {
    const watched = await openWatched();
    const { door } = watched;
    await stop(door, await runIdOf(door));
    await door.stream('r', { complete: true, exitcode });
    expect(await statusOf(watched)).toBe(status);
    expect(await lastLeaf(watched)).toMatchObject({ data: { stopRequestedAt: null } });
  });

  it('is FAILED by an interruption that nobody asked for', async () => {
    const watched = await openWatched();
    await runIdOf(watched.door);
    await watched.door.stream('r', { complete: true, exitcode: 255 });
    expect(await statusOf(watched)).toBe('FAILED');
  });

  it('is asked for no more when another process takes it up', async () => {
    const watched = await openWatched();
    const { door } = watched;
    await stop(door, await runIdOf(door));
    await door.stream('r', { complete: true, exitcode: 255 });
    await runIdOf(door);
    expect((await door.stream('r', {})).body).not.toHaveProperty('stopped');
    expect((await rowOf(watched)).props).not.toHaveProperty('stopRequestedAt');
    expect(await lastLeaf(watched)).toMatchObject({ data: { stopCleared: true } });
  });

  it('is still told so when it was silent for a while', async () => {
    const watched = await openWatched();
    const { door, pass } = watched;
    await stop(door, await runIdOf(door));
    await pass(SILENT_MS);
    expect((await door.stream('r', {})).body).toEqual(TOLD);
    expect(await lastLeaf(watched)).toMatchObject({
      type: 'run.resumed',
      data: { previousStatus: 'CRASHED', stopCleared: false },
    });
  });

  it('cannot be stopped when it is over', async () => {
    const watched = await openWatched();
    const { door, hub } = watched;
    const id = await runIdOf(door);
    await door.stream('r', { complete: true, exitcode: 0 });
    const { status, body } = await stop(door, id);
    expect([status, body.errors[0].message]).toEqual([
      422,
      'the run is FINISHED and has nothing to stop',
    ]);
    const { id: run } = await rowOf(watched);
    expect(stopRun.requires({ run }, {} as never, {} as never)).toEqual([
      { permission: 'record.write', of: run },
    ]);
    expect((await hub.store.get([run]))[0]?.props).not.toHaveProperty('stopRequestedAt');
  });
});

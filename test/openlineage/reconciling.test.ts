import { expect, test } from 'vitest';
import { revokeApiKey } from '../../src/commands/api-keys.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { deadEvents, retryDeadEvents } from '../../src/workers/dead-events.ts';
import { RAW_RETENTION_MS, RawReconciler } from '../../src/workers/raw-reconciler.ts';
import { addKey, addService } from '../support/add-service.ts';
import {
  openPipelineDoor,
  type PipelineDoor,
  startEvent,
  waitUntil,
} from './open-pipeline-door.ts';

/** Nothing is too young to be looked at. */
const AT_ONCE = { everyMs: 20, settleMs: -60_000 };

const unsettled = ({ hub }: PipelineDoor) =>
  hub.operational.list('raw-unsettled', { prefix: '', limit: 100 });

/** Keeps events as the door does, without queueing them: as if the queue had lost them. */
async function keepUnqueued(door: PipelineDoor, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await door.send(startEvent(n));
  const working = door.hub.queue.work('openlineage', async () => {}, {
    ...{ concurrency: 10, attemptsMax: 1, backoffMs: 10, backoffMsMax: 10, leaseMs: 5_000 },
  });
  await waitUntil(
    () => door.hub.queue.counts('openlineage'),
    ({ waiting, active }) => waiting + active === 0,
  );
  await working.drain();
}

test('queues again what never became a fact, and is done with it then', async () => {
  const door = await openPipelineDoor();
  await keepUnqueued(door, 20);
  door.record(AT_ONCE);
  expect(await door.facts(20)).toHaveLength(20);
  await waitUntil(
    () => unsettled(door),
    (entries) => entries.length === 0,
  );
  expect(await door.facts(20)).toHaveLength(20);
});

test('leaves events alone that may still be on their way', async () => {
  const door = await openPipelineDoor();
  await keepUnqueued(door, 1);
  door.record({ everyMs: 20 });
  await new Promise((wake) => setTimeout(wake, 300));
  expect(await door.facts(0)).toEqual([]);
});

test('an event of a key that was revoked is dead, stays known, can be tried anew', async () => {
  const door = await openPipelineDoor();
  const { hub } = door;
  const { ref } = await addService(hub, 'pipeline', [['CONTRIBUTOR', 'team/main']]);
  const key = await addKey(hub, ref, {});
  await door.send(startEvent(1), { key: key.text });
  const input = { actor: ref, keyId: key.id };
  await hub.ledger.submit({ command: revokeApiKey, input, actor: SYSTEM_ACTOR });
  door.record(AT_ONCE);
  const look = () => deadEvents(hub, { limit: 10 });
  const dead = await waitUntil(look, (jobs) => jobs.length === 1);
  expect(dead[0]).toMatchObject({ code: 'KEY_REVOKED', message: 'the API key was revoked' });
  expect(await door.facts(0)).toEqual([]);
  expect(await retryDeadEvents(dead, hub)).toBe(1);
  const again = await waitUntil(look, ([job]) => job !== undefined);
  expect(again[0]?.diedAtMs).toBeGreaterThanOrEqual(dead[0]!.diedAtMs);
  await waitUntil(
    () => unsettled(door),
    (entries) => entries.length === 0,
  );
});

test('removes raw events that are settled and old, and none that is not settled', async () => {
  const door = await openPipelineDoor();
  const { hub } = door;
  await keepUnqueued(door, 3);
  let recorded = false;
  const nowMs = hub.clock.nowMs();
  const reconciler = new RawReconciler({
    ...hub,
    clock: { nowMs: () => nowMs + RAW_RETENTION_MS + 3_600_000 },
    operation: 'recordOpenLineage',
    holds: async () => true,
    areRecorded: async (keys) => keys.map(() => recorded),
  });
  expect(await reconciler.turn()).toMatchObject({ looked: 3, requeued: 3, removed: 0 });
  expect(await unsettled(door)).toHaveLength(3);
  recorded = true;
  const later = new RawReconciler({
    ...hub,
    clock: { nowMs: () => nowMs + RAW_RETENTION_MS + 3_600_000 },
    operation: 'recordOpenLineage',
    holds: async () => true,
    areRecorded: async (keys) => keys.map(() => recorded),
  });
  // The segment is still being written to by this process, and stays for that.
  expect(await later.turn()).toMatchObject({ looked: 3, requeued: 0, removed: 0 });
  expect(await unsettled(door)).toEqual([]);
  const cursor = await hub.operational.get('raw-cursor', 'openlineage');
  expect(cursor! > instantFromMs(nowMs)).toBe(true);
});

test('does nothing while another process has the job', async () => {
  const door = await openPipelineDoor();
  await keepUnqueued(door, 1);
  const reconciler = new RawReconciler({
    ...door.hub,
    operation: 'recordOpenLineage',
    holds: async () => false,
    areRecorded: async (keys) => keys.map(() => false),
    settleMs: -60_000,
  });
  expect(await reconciler.turn()).toEqual({ looked: 0, requeued: 0, dead: 0, removed: 0 });
});

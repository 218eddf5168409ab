import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { createProject } from '../../src/commands/create-project.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { placeOfScope } from '../../src/domain/governance/permissions.ts';
import { projectId } from '../../src/domain/lineage/names.ts';
import { RAW_EVENT_BYTES_MAX } from '../../src/ports/raw-events.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { BACKLOG_EVENTS_MAX, Intake } from '../../src/transport/openlineage/intake.ts';
import { GRAPH_PAUSE_MS } from '../../src/transport/openlineage/senders.ts';
import { addKey, addService } from '../support/add-service.ts';
import { openTestHub } from '../support/open-hub.ts';
import {
  openPipelineDoor,
  type PipelineDoor,
  servePipelineDoor,
  startEvent,
  waitUntil,
} from './open-pipeline-door.ts';

/** A key of a service that records in its team, limited to a scope. */
async function limitedKey(hub: Hub, scope: string): Promise<string> {
  const { project } = placeOfScope(scope) as { project: string };
  const input = { team: 'main', project, ifExists: 'return' } as const;
  await hub.ledger.submit({ command: createProject, input, actor: SYSTEM_ACTOR });
  const { ref } = await addService(hub, 'pipeline', [['CONTRIBUTOR', 'team/main']]);
  return (await addKey(hub, ref, { scope })).text;
}

const kept = ({ hub }: PipelineDoor) => hub.rawEvents.list({ limit: 1_000 });
const projectsOf = async (door: PipelineDoor) =>
  (await kept(door)).map(({ project: { team, project } }) => `${team}/${project}`);

test('takes an event, keeps its bytes and queues it', async () => {
  const door = await openPipelineDoor();
  const text = ` ${JSON.stringify(startEvent(1), null, 1)}\n`;
  expect(await door.send(text)).toMatchObject({ status: 201, body: { status: 'accepted' } });
  const [event] = await kept(door);
  const raw = await door.hub.rawEvents.read(event!.ref);
  expect(Buffer.from(raw!.bytes).toString()).toBe(text);
  expect(raw).toMatchObject({ project: { team: 'main', project: 'churn' } });
  expect(await door.hub.queue.counts('openlineage')).toMatchObject({ waiting: 1 });
});

test('takes gzip, and refuses what is no gzip or unpacks to too much', async () => {
  const door = await openPipelineDoor();
  const gzip = { headers: { 'content-encoding': 'gzip' } };
  const packed = gzipSync(JSON.stringify(startEvent(1)));
  expect((await door.send(packed, gzip)).status).toBe(201);
  expect((await door.send(packed.subarray(0, 40), gzip)).status).toBe(400);
  expect((await door.send(JSON.stringify(startEvent(2)), gzip)).status).toBe(400);
  const bomb = gzipSync(Buffer.alloc(RAW_EVENT_BYTES_MAX + 1, ' '));
  expect(bomb.length).toBeLessThan(20_000);
  const refused = await door.send(bomb, gzip);
  expect(refused).toMatchObject({ status: 413, body: { code: 'LIMIT_EXCEEDED' } });
  const deflate = await door.send(packed, { headers: { 'content-encoding': 'deflate' } });
  expect(deflate).toMatchObject({ status: 400 });
  expect(await kept(door)).toHaveLength(1);
});

test.each([
  ['application/json', 201],
  ['application/json; charset=UTF-8', 201],
  ['Application/JSON;charset="utf-8"', 201],
  ['application/json; charset=latin1', 400],
  ['text/plain', 400],
])('answers the media type %s with %d', async (type, status) => {
  const door = await openPipelineDoor();
  const answer = await door.send(startEvent(1), { headers: { 'content-type': type } });
  expect(answer.status).toBe(status);
});

test.each([
  ['no JSON', '{"eventTime":', undefined],
  ['no object', '[]', ''],
  ['no time', JSON.stringify(startEvent(1, { eventTime: undefined })), 'eventTime'],
  ['a run id that is none', JSON.stringify(startEvent(1, { run: { runId: 'x' } })), 'run.runId'],
  ['inputs that are no list', JSON.stringify(startEvent(1, { inputs: {} })), 'inputs'],
  ['text that is no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), undefined],
  ['too many brackets', '['.repeat(100), undefined],
])('refuses %s, says where, and keeps nothing', async (_, payload, path) => {
  const door = await openPipelineDoor();
  const { status, body } = await door.send(payload);
  expect([400, 413]).toContain(status);
  expect(body.message).not.toBe('');
  expect(body.path).toBe(path);
  expect(await kept(door)).toEqual([]);
});

test('asks for a key that is known, in plain JSON', async () => {
  const door = await openPipelineDoor();
  for (const key of [undefined, 'sekret', `ledgerline-${'0'.repeat(48)}`]) {
    const { status, body, headers } = await door.send(startEvent(1), { key });
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(headers['www-authenticate']).toBe('Bearer');
  }
  expect(await kept(door)).toEqual([]);
});

test('records where the address says, where the key is good for, or by the namespace', async () => {
  const door = await openPipelineDoor();
  const key = await limitedKey(door.hub, 'project/main/only');
  await door.send(startEvent(1), { query: '?project=main/asked' });
  await door.send(startEvent(2), { key });
  await door.send(startEvent(3));
  await door.send(startEvent(4, { job: { namespace: 's3://bucket/a b', name: 'j' } }));
  await door.send(startEvent(5, { job: { namespace: '...', name: 'j' } }));
  const dataset = { namespace: 'file', name: 'a.csv' };
  await door.send({ eventTime: '2026-11-24T08:00:00Z', dataset });
  expect(await projectsOf(door)).toEqual([
    ...['main/asked', 'main/only', 'main/churn', 'main/s3-bucket-a-b', 'main/openlineage'],
    'main/file',
  ]);
});

test.each([
  ['?project=asked', 400],
  ['?project=main/asked/more', 400],
  ['?project=main/..', 400],
  ['?project=main/a&project=main/b', 400],
  ['?project=nobody/asked', 404],
])('refuses the address %s', async (query, status) => {
  const door = await openPipelineDoor();
  expect((await door.send(startEvent(1), { query })).status).toBe(status);
  expect(await kept(door)).toEqual([]);
});

test('refuses who may not record there, on record, and says no more than that', async () => {
  const door = await openPipelineDoor();
  await door.send(startEvent(1), { query: '?project=main/secret' });
  door.record();
  await door.facts(1);
  const key = await limitedKey(door.hub, 'project/main/only');
  const there = await door.send(startEvent(2), { key, query: '?project=main/secret' });
  const nowhere = await door.send(startEvent(2), { key, query: '?project=main/nothing' });
  expect(there.status).toBe(403);
  expect(JSON.stringify(there.body).replace('main/secret', 'main/nothing')).toBe(
    JSON.stringify(nowhere.body),
  );
  const refused = await door.hub.store.facts({
    ...{ outcome: 'deny', order: 'oldest', limit: 10, scope: { all: true } },
  });
  expect(refused).toHaveLength(2);
});

test('answers a batch event by event', async () => {
  const door = await openPipelineDoor();
  const { status, body } = await door.sendBatch([
    startEvent(1),
    startEvent(2, { eventTime: 'yesterday' }),
    startEvent(3, { job: { namespace: 'a,"]}', name: 'j' } }),
    7,
  ]);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'partial_success',
    summary: { received: 4, successful: 2, failed: 2, retriable: 0, non_retriable: 2 },
    failed_events: [
      { index: 1, retriable: false },
      { index: 3, retriable: false },
    ],
  });
  expect(await kept(door)).toHaveLength(2);
  const whole = await door.sendBatch([startEvent(4), startEvent(4)]);
  expect(whole.body).toMatchObject({ status: 'success', failed_events: [] });
  expect(await door.hub.queue.counts('openlineage')).toMatchObject({ waiting: 3 });
});

test.each([
  ['[]', 200],
  [' [ ] ', 200],
  ['{}', 400],
  ['[{}', 400],
  ['[{]}]', 400],
  ['[1],[2]', 400],
  ['["]', 400],
  ['[1]', 400],
])('answers the batch %j with %d', async (text, status) => {
  const door = await openPipelineDoor();
  expect((await door.sendBatch(text)).status).toBe(status);
});

test('asks to come again while too much waits', async () => {
  const { hub } = await openTestHub();
  const counts = vi.spyOn(hub.queue, 'counts');
  const door = await servePipelineDoor(hub);
  counts.mockResolvedValue({
    ...{ waiting: BACKLOG_EVENTS_MAX, delayed: 0, active: 0, dead: 0, oldestWaitingMs: 1 },
  });
  await door.send(startEvent(1));
  const refused = await waitUntil(
    () => door.send(startEvent(2)),
    ({ status }) => status !== 201,
  );
  expect(refused).toMatchObject({ status: 503, body: { code: 'BACKPRESSURE' } });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});

test('takes events while the queue is away, up to a limit, and queues them later', async () => {
  const { hub } = await openTestHub();
  const away = new DomainError('UNAVAILABLE', 'the queue is away');
  const add = vi.spyOn(hub.queue, 'add').mockRejectedValue(away);
  const intake = new Intake({ ...hub, unqueuedMax: 7 });
  const door = await servePipelineDoor(hub, intake);
  for (let n = 0; n < 5; n += 1) expect((await door.send(startEvent(n))).status).toBe(201);
  expect(intake.unqueued).toBe(5);
  expect(add).toHaveBeenCalledTimes(1);
  await door.sendBatch([startEvent(5), startEvent(6)]);
  expect(await door.send(startEvent(1))).toMatchObject({ status: 503 });
  add.mockRestore();
  door.record({ everyMs: 20, settleMs: -60_000 });
  expect(await door.facts(7)).toHaveLength(7);
});

test('is not there while the disk cannot keep anything', async () => {
  const { hub } = await openTestHub();
  const full = new DomainError('UNAVAILABLE', 'the disk is full');
  vi.spyOn(hub.rawEvents, 'keep').mockRejectedValue(full);
  const door = await servePipelineDoor(hub);
  expect(await door.send(startEvent(1))).toMatchObject({ status: 503 });
  expect((await hub.queue.counts('openlineage')).waiting).toBe(0);
});

test('knows its senders while the graph store is away, and not for who was not known', async () => {
  const { hub } = await openTestHub();
  const door = await servePipelineDoor(hub);
  const stranger = await limitedKey(hub, 'project/main/churn');
  expect((await door.send(startEvent(1))).status).toBe(201);
  const away = new DomainError('UNAVAILABLE', 'the graph store is away');
  const get = vi.spyOn(hub.store, 'get').mockRejectedValue(away);
  expect((await door.send(startEvent(2))).status).toBe(201);
  expect((await door.send(startEvent(3), { key: stranger })).status).toBe(503);
  vi.spyOn(hub.operational, 'get').mockRejectedValue(away);
  expect((await door.send(startEvent(4))).status).toBe(503);
  vi.restoreAllMocks();
  get.mockRestore();
  await new Promise((wake) => setTimeout(wake, GRAPH_PAUSE_MS));
  expect((await door.send(startEvent(5), { key: stranger })).status).toBe(201);
});

test('makes the project with the first event that is recorded', async () => {
  const door = await openPipelineDoor();
  const id = projectId('example', { team: 'main', project: 'churn' });
  await door.send(startEvent(1));
  expect(await door.hub.store.get([id])).toEqual([null]);
  door.record();
  await door.facts(1);
  expect((await door.hub.store.get([id]))[0]).toMatchObject({ name: 'churn' });
});

test('one event sent thrice is one fact, and in two projects it is two', async () => {
  const door = await openPipelineDoor();
  door.record();
  const event = startEvent(1);
  for (let n = 0; n < 3; n += 1) await door.send(event, { query: '?project=main/a' });
  await door.sendBatch([event, event], { query: '?project=main/b' });
  expect(await door.facts(2)).toHaveLength(2);
  await waitUntil(
    () => door.hub.queue.counts('openlineage'),
    ({ waiting, active, delayed }) => waiting + active + delayed === 0,
  );
  expect(await door.facts(2)).toHaveLength(2);
  expect(await door.hub.queue.counts('openlineage')).toMatchObject({ dead: 0 });
});

import { describe, expect, it } from 'vitest';
import { type Door, openDoor, upsertRun } from './open-door.ts';

const row = (step: number) => JSON.stringify({ _step: step, loss: 1 / (step + 1) });
const history = (offset: number, ...content: string[]) => ({
  files: { 'wandb-history.jsonl': { offset, content } },
});

async function runOf(door: Door, name: string) {
  const { project } = await door.data(
    `query ($name: String!) { project(name: "p", entityName: "main") { run(name: $name) {
      state config notes host summaryMetrics historyLineCount wandbConfig(keys: ["t"]) historyTail
    } } }`,
    { name },
  );
  return project.run;
}

describe('a run through the wandb door', () => {
  it('is made once, with its project', async () => {
    const door = await openDoor();
    const first = await upsertRun(door, 'r', { displayName: 'named', notes: 'my notes' });
    expect(first.body.data.upsertBucket).toMatchObject({
      inserted: true,
      bucket: { name: 'r', displayName: 'named', historyLineCount: 0, config: '{}' },
    });
    const second = await upsertRun(door, 'r', { displayName: 'named', notes: 'my notes' });
    expect(second.body.data.upsertBucket).toMatchObject({
      inserted: false,
      bucket: { id: first.body.data.upsertBucket.bucket.id },
    });
    const facts = await door.facts();
    expect(facts.slice(-2)).toEqual(['project.created', 'run.created']);
  });

  it('is made once by two processes at the same time', async () => {
    const door = await openDoor();
    const both = await Promise.all([upsertRun(door, 'r'), upsertRun(door, 'r')]);
    const inserted = both.map(({ body }) => body.data.upsertBucket.inserted);
    expect(inserted.sort()).toEqual([false, true]);
    expect((await door.facts()).filter((type) => type === 'run.created')).toHaveLength(1);
  });

  it('keeps the notes of the SDK apart from the config, and gives both back', async () => {
    const door = await openDoor();
    const e = { w: { startedAt: '1', host: 'box7', os: 'Linux', email: 'alice@example.org' } };
    const config = JSON.stringify({
      lr: { value: 0.1 },
      _wandb: { value: { t: { 4: '3.11' }, m: [], e } },
    });
    await upsertRun(door, 'r', { config });
    const run = await runOf(door, 'r');
    expect(JSON.parse(run.config)).toEqual({
      lr: { value: 0.1 },
      _wandb: { value: { t: { 4: '3.11' }, m: [] } },
    });
    expect([run.wandbConfig, run.host]).toEqual(['{"t":{"4":"3.11"}}', 'box7']);
    const rows = await door.hub.store.list({
      scope: { all: true },
      kinds: ['RUN'],
      order: 'id',
      limit: 1,
    });
    expect(rows[0]?.props).toMatchObject({ config: { lr: 0.1 }, environment: { os: 'Linux' } });
    expect(JSON.stringify(rows)).not.toMatch(/box7|alice/);
  });

  it('takes rows again without harm, and signs of life without a fact', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const facts = await door.facts();
    for (const body of [{}, history(0, row(0), row(1)), history(0, row(0), row(1)), {}]) {
      expect(await door.stream('r', body)).toMatchObject({ status: 200 });
    }
    expect(await runOf(door, 'r')).toMatchObject({ historyLineCount: 2, state: 'running' });
    expect(await door.facts()).toEqual(facts);
  });

  it('ends with its summary on record, once', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const summary = { 'wandb-summary.json': { offset: 0, content: ['{"a":NaN,"_wandb":{}}'] } };
    const last = { files: summary, complete: true, exitcode: 0 };
    await door.stream('r', last);
    const facts = await door.facts();
    expect(facts.at(-1)).toBe('run.finished');
    expect(await door.stream('r', last)).toMatchObject({ status: 200 });
    expect(await door.stream('r', { complete: true, exitcode: 1 })).toMatchObject({ status: 200 });
    expect(await door.facts()).toEqual(facts);
    const [run] = await door.hub.store.list({
      scope: { all: true },
      kinds: ['RUN'],
      order: 'id',
      limit: 1,
    });
    expect(run?.props).toMatchObject({ status: 'FINISHED', summary: { a: '~zNaN' }, exitCode: 0 });
  });

  it('is failed by an exit code', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    await door.stream('r', { ...history(0, row(0)), complete: true, exitcode: 3 });
    expect((await runOf(door, 'r')).state).toBe('failed');
  });

  it('that two processes share goes on when one of them ends', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    await door.stream('r', { ...history(0, row(0)), complete: true, exitcode: 0 });
    await door.stream('r', history(1, row(1)));
    expect((await runOf(door, 'r')).state).toBe('running');
    await door.stream('r', { ...history(2, row(2)), complete: true, exitcode: 1 });
    expect(await runOf(door, 'r')).toMatchObject({ state: 'failed', historyLineCount: 3 });
    expect((await door.facts()).slice(-3)).toEqual(['run.finished', 'run.resumed', 'run.finished']);
  });

  it('is taken up again by a process, not by the public API', async () => {
    const door = await openDoor();
    const made = await upsertRun(door, 'r');
    await door.stream('r', { ...history(0, row(0)), complete: true, exitcode: 0 });
    const { id } = made.body.data.upsertBucket.bucket;
    await upsertRun(door, 'r', { name: null, modelName: null, id, notes: 'later' });
    expect(await runOf(door, 'r')).toMatchObject({ state: 'finished', notes: 'later' });
    const resumed = await upsertRun(door, 'r', { id });
    expect(resumed.body.data.upsertBucket.bucket.historyLineCount).toBe(1);
    expect(await runOf(door, 'r')).toMatchObject({
      state: 'running',
      historyTail: `[${JSON.stringify(row(0))}]`,
    });
  });

  it('that is not there is no run to write to', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    expect((await door.stream('other', {})).status).toBe(404);
    expect((await door.stream('r', { complete: 'x' })).status).toBe(400);
    const broken = await door.post('/files/main/p/r/file_stream', '{');
    expect(broken.status).toBe(400);
  });

  it('gives its rows by steps, sampled and by keys', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r');
    const rows = Array.from({ length: 30 }, (_, at) => JSON.stringify({ _step: at * 2, a: at }));
    await door.stream('r', history(0, ...rows.slice(0, 20)));
    await door.stream('r', history(20, ...rows.slice(20), '{"_step":60,"b":NaN}', 'no json'));
    const ask = async () =>
      (
        await door.data(
          `query ($spec: JSONString!) { project(name: "p", entityName: "main") { run(name: "r") {
            page: history(minStep: 10, maxStep: 14, samples: 9)
            all: history(samples: 500)
            few: history(samples: 3)
            sampledHistory(specs: [$spec])
            historyKeys
          } } }`,
          { spec: '{"keys":["_step","a"],"minStep":4,"maxStep":8,"samples":9}' },
        )
      ).project.run;
    const seen = await ask();
    expect(seen.page).toEqual([rows[5], rows[6]]);
    // A line that is no row would make the SDK give up on all the others.
    expect(seen.all).toHaveLength(31);
    expect(seen.few).toHaveLength(2);
    expect(seen.sampledHistory).toEqual([
      [
        { _step: 4, a: 2 },
        { _step: 6, a: 3 },
        { _step: 8, a: 4 },
      ],
    ]);
    expect(seen.historyKeys).toMatchObject({
      lastStep: 60,
      keys: { a: { typeCounts: [{ type: 'number', count: 30 }] }, b: { previousValue: 'NaN' } },
    });
    await door.stream('r', history(5, '{"_step":10,"a":"again"}'));
    expect((await ask()).page[0]).toBe('{"_step":10,"a":"again"}');
  });
});

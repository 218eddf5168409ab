import { describe, expect, it } from 'vitest';
import { createProject } from '../../src/commands/create-project.ts';
import { deleteRun } from '../../src/commands/delete-run.ts';
import { deleteVersion } from '../../src/commands/delete-version.ts';
import { grantRole } from '../../src/commands/grants.ts';
import { runVersionId } from '../../src/commands/told-names.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { isBare } from '../../src/domain/lineage/bare-node.ts';
import { namedDatasetId } from '../../src/domain/lineage/named-dataset.ts';
import { projectId, runId } from '../../src/domain/lineage/names.ts';
import { digestGraph } from '../../src/ledger/graph-digest.ts';
import { ORG, openTestLedger, PROJECT, STRANGER, TRAINER } from '../support/open-ledger.ts';
import { tell } from './play.ts';

const LAKE = projectId(ORG, { team: 'main', project: 'lake' });
const LAKE_NAMES = { namespace: 's3://lake', name: 'raw' };
const OWN_NAMES = { namespace: 'file', name: 'out' };
const owners = new Map([[LAKE_NAMES.namespace, LAKE]]);
const RUN_ID = '01a20c1f-1ecc-7c76-98f9-e396a8cf5e52';
const RUN = runId(ORG, PROJECT, `openlineage:${RUN_ID}`);
const RAW = namedDatasetId(ORG, LAKE, LAKE_NAMES);
const OUT = namedDatasetId(ORG, PROJECT, OWN_NAMES);

const event = (change: object = {}) => ({
  ...{ eventType: 'COMPLETE', eventTime: '2026-11-24T05:00:00.5Z', producer: 'p' },
  run: { runId: RUN_ID },
  job: { namespace: 'ml', name: 'train' },
  ...change,
});
const failing = { assertions: [{ assertion: 'not_null', column: 'id', success: false }] };
const schema = { fields: [{ name: 'id', type: 'int' }] };

async function open() {
  const test = await openTestLedger();
  const lake = { team: 'main', project: 'lake', ifExists: 'refuse' } as const;
  await test.submit(createProject, lake, SYSTEM_ACTOR);
  const role = { grantId: 'g2', role: 'CONTRIBUTOR', scope: 'project/main/churn' } as const;
  const grant = { ...role, to: STRANGER.ref, expiresAt: null };
  await test.submit(grantRole as never, grant as never, SYSTEM_ACTOR);
  const { ledger, store } = test;
  const by = (sender: typeof TRAINER) => ({ ledger, project: PROJECT, owners, sender });
  const get = async (id: string) => (await store.get([id]))[0];
  const told = async () =>
    (await test.leaves()).filter(({ type }) => type === 'openlineage.recorded');
  return { ...test, get, told, tell: (of: object) => tell(of, by(TRAINER)), by };
}

describe('what somebody says of a dataset', () => {
  const facets = { schema, ownership: { owners: [{ name: 'Ada' }] } };
  const reading = { inputFacets: { dataQualityAssertions: failing } };

  it('stands at the dataset and its version where its owner lets them', async () => {
    const { tell: say, get } = await open();
    await say(event({ outputs: [{ ...OWN_NAMES, facets }], inputs: [] }));
    for (const id of [OUT, runVersionId(ORG, OUT, RUN)]) {
      const props = (await get(id))?.props;
      expect(props?.facet_schema).toMatchObject({ value: schema, rank: 5 });
      expect(props?.otherFacets).toMatchObject([{ name: 'ownership', place: 'outputs[0].facets' }]);
    }
  });

  it('stays at the run, and the owner’s nodes bare, where one may not write', async () => {
    const { get, by } = await open();
    const inputs = [{ ...LAKE_NAMES, facets, ...reading }];
    const outputs = [{ ...LAKE_NAMES, facets, outputFacets: { outputStatistics: { size: 1 } } }];
    await tell(event({ inputs, outputs }), by(STRANGER));
    const [dataset, version] = [await get(RAW), await get(runVersionId(ORG, RAW, RUN))];
    expect(dataset).toMatchObject({ project: LAKE, props: { namespace: 's3://lake' } });
    expect([dataset, version].map((row) => row && isBare(row))).toEqual([true, true]);
    const props = (await get(RUN))?.props;
    const names = (of: unknown) => (of as { name: string }[]).map(({ name }) => name);
    const firstOf = (of: unknown) => (of as Record<string, unknown>[])[0];
    const [read, written] = [firstOf(props?.reads), firstOf(props?.writes)];
    expect([names(read?.facets), names(read?.told)]).toEqual([
      ['dataQualityAssertions'],
      ['ownership', 'schema'],
    ]);
    expect([names(written?.facets), names(written?.told)]).toEqual([
      ['outputStatistics'],
      ['ownership', 'schema'],
    ]);
  });

  it('is refused by itself where one may not write, and no id is told', async () => {
    const { by, store } = await open();
    const alone = { eventTime: '2026-11-24T05:00:00Z', dataset: { ...LAKE_NAMES, facets } };
    await expect(tell(alone, by(STRANGER))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'the project of the namespace "s3://lake" is not known',
    });
    expect((await store.get([RAW]))[0]).toBeNull();
    await tell(alone, by(TRAINER));
    expect((await store.get([RAW]))[0]?.props.facet_schema).toMatchObject({ value: schema });
  });
});

describe('what may be personal', () => {
  it('stands beside the fact, and only a reference to it in the graph', async () => {
    const { tell: say, get, told, store } = await open();
    const errorMessage = { message: 'Ada broke it' };
    await say(event({ eventType: 'FAIL', run: { runId: RUN_ID, facets: { errorMessage } } }));
    const [leaf] = await told();
    expect(JSON.stringify(leaf)).not.toContain('Ada');
    expect(leaf?.personal).toMatchObject([{ person: TRAINER.ref, fields: ['facets1'] }]);
    const { size } = await store.head();
    const ref = { '~personal': { fact: size - 1, person: TRAINER.ref, field: 'facets1' } };
    expect((await get(RUN))?.props.otherFacets).toMatchObject([
      { name: 'errorMessage', place: 'run.facets', text: [ref] },
    ]);
  });
});

describe('an event', () => {
  it('is one fact however often it comes, and several where it names many', async () => {
    const { tell: say, told, store } = await open();
    const inputs = [...Array(120).keys()].map((at) => ({ namespace: 'file', name: `f${at}` }));
    const first = await say(event({ inputs }));
    expect(first.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded', 'recorded']);
    const before = await digestGraph(store);
    const again = await say(event({ inputs }));
    expect(again.map(({ outcome }) => outcome)).toEqual(['replayed', 'replayed', 'replayed']);
    expect(await digestGraph(store)).toEqual(before);
    const leaves = await told();
    const keys = leaves.map(({ request }) => request.idempotencyKey);
    expect(keys).toEqual([`${keys[2]}/1`, `${keys[2]}/2`, expect.stringMatching(/^sha256:/)]);
    expect(keys[2]?.endsWith(`@${PROJECT}`)).toBe(true);
    const query = { at: [RUN], direction: 'OUT', kinds: ['USED'], limit: 1_000 } as const;
    expect(await store.edges(query)).toHaveLength(120);
  });

  it('is two facts where it is sent to two projects', async () => {
    const { ledger, submit, told } = await open();
    await submit(createProject, { team: 'main', project: 'other', ifExists: 'refuse' });
    const other = projectId(ORG, { team: 'main', project: 'other' });
    const receipts = [];
    for (const project of [PROJECT, other, PROJECT]) {
      receipts.push(...(await tell(event(), { ledger, project, sender: TRAINER })));
    }
    const outcomes = receipts.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['recorded', 'recorded', 'replayed']);
    const [here, there] = await told();
    expect(here?.projects).toContain(PROJECT);
    expect(there?.projects).toContain(other);
    expect(there?.projects).not.toContain(PROJECT);
  });

  it('of a run that was deleted is refused and brings nothing back', async () => {
    const { tell: say, submit, get, told } = await open();
    await say(event());
    await submit(deleteRun, { run: RUN, versions: 'keep' });
    const late = event({ eventTime: '2026-11-24T06:00:00Z', outputs: [OWN_NAMES] });
    await expect(say(late)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('was deleted at'),
    });
    expect(await get(OUT)).toBeNull();
    expect(await told()).toHaveLength(1);
  });

  it('brings back no version that was deleted', async () => {
    const { tell: say, submit, get } = await open();
    const version = runVersionId(ORG, OUT, RUN);
    await say(event({ outputs: [OWN_NAMES] }));
    await submit(deleteVersion, { version, aliases: 'keep' });
    const deleted = await get(version);
    expect(deleted?.props.deletedAt).toBeDefined();
    const outputs = [{ ...OWN_NAMES, facets: { schema } }];
    await say(event({ eventTime: '2026-11-24T06:00:00Z', outputs }));
    expect(await get(version)).toEqual(deleted);
    await submit(deleteRun, { run: RUN, versions: 'delete' });
    expect((await get(RUN))?.props.deletedAt).toBeDefined();
  });

  it('that takes something back wins by its time', async () => {
    const { tell: say, get } = await open();
    const alone = (second: number, facets: object) =>
      say({ eventTime: `2026-11-24T05:00:0${second}Z`, dataset: { ...OWN_NAMES, facets } });
    await alone(2, { schema: { _deleted: true } });
    await alone(1, { schema });
    expect((await get(OUT))?.props.facet_schema).toMatchObject({ deleted: true });
    await alone(3, { schema });
    expect((await get(OUT))?.props.facet_schema).toMatchObject({ value: schema });
  });

  it('tells how its run ended: the last that ends it counts', async () => {
    const { tell: say, get } = await open();
    const at = (eventType: string, second: number) =>
      say(event({ eventType, eventTime: `2026-11-24T05:00:0${second}+00:00` }));
    const status = async () => (await get(RUN))?.props.status;
    await at('COMPLETE', 5);
    expect(await status()).toBe('FINISHED');
    await at('FAIL', 4);
    await at('RUNNING', 6);
    await at('START', 7);
    expect(await status()).toBe('FINISHED');
    await at('ABORT', 8);
    expect((await get(RUN))?.props).toMatchObject({
      status: 'KILLED',
      startedAt: '2026-11-24T05:00:07.000000Z',
      endedAt: '2026-11-24T05:00:08.000000Z',
    });
  });
});

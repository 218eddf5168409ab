import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import { deleteRun } from '../../src/commands/delete-run.ts';
import { deleteVersion } from '../../src/commands/delete-version.ts';
import { finishRun } from '../../src/commands/finish-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { isDomainError } from '../../src/domain/errors.ts';
import type { NodeRow } from '../../src/domain/lineage/graph-rows.ts';
import { aliasId, collectionId } from '../../src/domain/lineage/names.ts';
import { allEdges, allNodes } from '../../src/ledger/graph-pages.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import { ORG, openTestLedger, PROJECT, type TestLedger } from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { runInput, versionInput } from '../support/run-input.ts';

const FINISH = { status: 'FINISHED', exitCode: 0, summary: null, sealed: [] } as const;
const net = collectionId(ORG, { project: PROJECT, kind: 'MODEL', name: 'net' });

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('run', 'version', 'use', 'deleteVersion', 'deleteRun', 'deleteAll'),
    a: fc.nat(3),
    b: fc.nat(3),
  }),
  { minLength: 20, maxLength: 40 },
);
type Step = { readonly what: string; readonly a: number; readonly b: number };

/** Runs and versions by the numbers that steps use; a refusal changes nothing and is fine. */
class Play {
  readonly #ledger: TestLedger;
  readonly #runs = new Map<number, string>();
  readonly #versions = new Map<number, string>();

  constructor(ledger: TestLedger) {
    this.#ledger = ledger;
  }

  async take(step: Step): Promise<void> {
    try {
      await this.#act(step);
    } catch (error) {
      expect(isDomainError(error) && ['CONFLICT', 'NOT_FOUND'].includes(error.code)).toBe(true);
    }
  }

  async #act({ what, a, b }: Step): Promise<void> {
    const { submit } = this.#ledger;
    const [run, version] = [this.#runs.get(a) ?? 'run_none', this.#versions.get(b) ?? 'mdv_none'];
    if (what === 'run') {
      const { subject } = await submit(createRun, runInput(`r${a}`));
      this.#runs.set(a, subject?.id ?? '');
      await submit(finishRun, { run: subject?.id ?? '', ...FINISH });
    } else if (what === 'version') {
      const generatedBy = this.#runs.get(a) ?? null;
      const aliases = b === 0 ? ['prod'] : [];
      const input = versionInput('net', `c${b}`, { generatedBy, aliases });
      this.#versions.set(b, (await submit(registerVersion, input)).subject?.id ?? '');
    } else if (what === 'use') {
      await submit(recordLineage, { run, inputs: [version], outputs: [] });
    } else if (what === 'deleteVersion') {
      await submit(deleteVersion, { version, aliases: a === 0 ? 'delete' : 'keep' });
    } else {
      await submit(deleteRun, { run, versions: what === 'deleteAll' ? 'delete' : 'keep' });
    }
  }
}

const isThere = ({ props }: NodeRow) => props.deletedAt === undefined;

test('whatever is deleted: lists show what is there, nothing used is gone, and replay agrees', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const ledger = await openTestLedger();
      const play = new Play(ledger);
      for (const step of all) await play.take(step);
      await expectSound(ledger);
    }),
    { numRuns: 12 },
  );
});

async function expectSound({ store, objects }: TestLedger): Promise<void> {
  const nodes = new Map<string, NodeRow>();
  for await (const row of allNodes(store)) nodes.set(row.id, row);
  const there = [...nodes.values()].filter(isThere).map(({ id }) => id);
  const listed = await store.list({ scope: { all: true }, order: 'id', limit: 1_000 });
  expect(listed.map(({ id }) => id)).toEqual(there);
  const newest = { index: -1, id: '' };
  const latest: string[] = [];
  for await (const { kind, from, to, since, until } of allEdges(store)) {
    const ends = [nodes.get(from) as NodeRow, nodes.get(to) as NodeRow] as const;
    if (kind === 'USED' && isThere(ends[0])) expect(isThere(ends[1])).toBe(true);
    if (kind === 'WAS_GENERATED_BY' && isThere(ends[0])) expect(isThere(ends[1])).toBe(true);
    if (until === null && kind === 'ALIASES') expect(isThere(ends[1])).toBe(true);
    if (kind === 'VERSION_OF') expect(until === null).toBe(isThere(ends[0]));
    if (until === null && kind === 'VERSION_OF' && since > newest.index) {
      Object.assign(newest, { index: since, id: from });
    }
    if (until === null && from === aliasId(ORG, net, 'latest')) latest.push(to);
  }
  expect(latest).toEqual(newest.id === '' ? [] : [newest.id]);
  const { versionCount = 0, deletedCount = 0 } = nodes.get(net)?.props ?? {};
  const versions = listed.filter(({ kind }) => kind === 'MODEL_VERSION');
  expect(versions).toHaveLength(Number(versionCount) - Number(deletedCount));
  const scratch = await openTestScratch();
  const readBody = (digest: Parameters<typeof objects.read>[0]) => objects.read(digest, 1e6);
  const rebuilt = await rebuild({ live: store, scratch, readBody });
  expect(rebuilt).toMatchObject({ differences: [], faults: [] });
}

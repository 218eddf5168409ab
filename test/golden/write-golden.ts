/**
 * Writes the golden log of a release: `npx tsx test/golden/write-golden.ts 0.1.0`. Done once a
 * release, when its formats are final; what is there is never written anew.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { createApiKey, revokeApiKey } from '../../src/commands/api-keys.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { finishRun, resumeRun } from '../../src/commands/finish-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { register } from '../../src/commands/register-model.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { setAliases } from '../../src/commands/set-aliases.ts';
import { updateRun } from '../../src/commands/update-run.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { PROJECTION_VERSION } from '../../src/domain/audit/fact-types.ts';
import { bodyDigestOf, parseLeaf } from '../../src/domain/audit/leaf.ts';
import { parseInstant } from '../../src/domain/time.ts';
import { encodeValue, type JsonObject } from '../../src/domain/values/value.ts';
import { REFUSAL_WINDOW_MS } from '../../src/ledger/refusal-tally.ts';
import {
  foundedLedger,
  PROJECT,
  STRANGER,
  type TestLedger,
  TRAINER,
  wholeLog,
} from '../support/open-ledger.ts';
import { runInput, versionInput } from '../support/run-input.ts';
import { type GoldenFact, replayGolden } from './golden-log.ts';
import { playAccess } from './play-access.ts';
import { playDeletion } from './play-deletion.ts';
import { playNamedDatasets } from './play-named-datasets.ts';
import { playRunLife } from './play-run-life.ts';
import { playVersionSaid } from './play-version-said.ts';

const BODY_BYTES_MAX = 1e6;
const REFUSALS = 12;

async function play(played: TestLedger): Promise<void> {
  const { submit, ledger, clock } = played;
  const occurredAt = parseInstant('2026-01-01T12:00:00.123456+02:00');
  const config = encodeValue({
    lr: 0.1,
    seed: 12_345_678_901_234_567_890n,
    worst: Number.NaN,
    tilde: '~home',
    'ключ': 'قيمة',
  }) as JsonObject;
  const personal = [{ person: TRAINER.ref, values: { notes: 'first try', host: 'gpu-7' } }];
  const described = { config, personal, job: 'train', tags: ['baseline'], occurredAt };
  const run = (await submit(createRun, runInput('train', described))).subject?.id ?? '';
  clock.advance(1_000);
  const large = { config: { text: 'x'.repeat(20_000) }, job: 'train' };
  await submit(createRun, runInput('large', large));
  const data = versionInput('customers', 'rows', { kind: 'DATASET', type: 'dataset' });
  const raw = (await submit(registerVersion, data)).subject?.id ?? '';
  await submit(recordLineage, { run, inputs: [raw], outputs: [] });
  const made = { generatedBy: run, aliases: ['prod'], identifiers: ['oci:net'], occurredAt };
  const first = (await submit(registerVersion, versionInput('net', 'w1', made))).subject?.id ?? '';
  clock.advance(1_000);
  await submit(registerVersion, versionInput('net', 'w2', { generatedBy: run }));
  await submit(registerVersion, versionInput('net', 'w1', { aliases: ['latest'] }));
  await submit(setAliases, { version: first, add: ['staging'], remove: ['prod'] });
  const set = { tags: ['baseline', 'kept'], group: 'g' };
  await submit(updateRun, { run, set, clear: ['host'] });
  const sealed = [{ stream: 'history', bytes: 12, lines: 1, digest: `sha256:${'0'.repeat(64)}` }];
  const finish = { run, status: 'CRASHED', exitCode: 1, summary: null, sealed } as const;
  await submit(finishRun, finish);
  await submit(resumeRun, { run, stopRequest: 'clear' });
  await submit(finishRun, { ...finish, status: 'FINISHED', summary: { acc: 0.9 }, occurredAt });
  await playRunLife(played);
  await playVersionSaid(played);
  await playNamedDatasets(played);
  await playDeletion(played);
  const named = { actor: TRAINER.ref, keyId: 'key:1', prefix: 'ledgerline-abcd' };
  const key = { ...named, actions: null, scope: null, expiresAt: null };
  await submit(createApiKey, key, SYSTEM_ACTOR);
  await submit(revokeApiKey, key, SYSTEM_ACTOR);
  const note = { note: 'for the scoring service', description: 'risk of default' };
  const about = [{ person: TRAINER.ref, values: note }];
  await submit(register, { version: first, project: PROJECT, model: 'risk', personal: about });
  await playAccess(played);
  for (let at = 0; at < REFUSALS; at += 1) {
    await submit(createRun, runInput('x'), STRANGER).catch(() => undefined);
  }
  clock.advance(REFUSAL_WINDOW_MS);
  await ledger.recordEndedRefusals();
}

async function goldenFacts({ store, objects }: TestLedger): Promise<GoldenFact[]> {
  const rows = await wholeLog(store);
  return Promise.all(
    rows.map(async ({ leaf }) => {
      const digest = bodyDigestOf(parseLeaf(leaf));
      const body = digest === null ? null : await objects.read(digest, BODY_BYTES_MAX);
      return { leaf: Buffer.from(leaf).toString('utf8'), body: body?.toString('utf8') ?? null };
    }),
  );
}

const release = process.argv[2] ?? '';
const folder = join(import.meta.dirname, release);
if (!/^\d+\.\d+\.\d+$/.test(release) || existsSync(folder)) {
  throw new Error('give the number of a release that has no golden log yet');
}
const played = await foundedLedger(mkdtempSync(join(tmpdir(), 'ledgerline-golden-')));
const scratch = await openSqliteLineageStore({
  file: join(played.folder, 'scratch.db'),
  readers: 1,
  projectionVersion: PROJECTION_VERSION,
});
await play(played);
const facts = await goldenFacts(played);
const digests = await replayGolden(facts, scratch);
mkdirSync(folder);
writeFileSync(join(folder, 'log.jsonl'), facts.map((fact) => `${JSON.stringify(fact)}\n`).join(''));
writeFileSync(join(folder, 'digests.json'), `${JSON.stringify(digests, null, 2)}\n`);
await played.close();
await scratch.close();
rmSync(played.folder, { recursive: true });
console.log(`${facts.length} facts, ${digests.state}`);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openFilesystemObjectStore } from '../../src/adapters/filesystem/filesystem-object-store.ts';
import { openFilesystemPersonKeys } from '../../src/adapters/filesystem/filesystem-person-keys.ts';
import { openSqliteLineageStore } from '../../src/adapters/sqlite/sqlite-lineage-store.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { createOrganization } from '../../src/commands/create-organization.ts';
import { createProject } from '../../src/commands/create-project.ts';
import { createServiceAccount } from '../../src/commands/create-service-account.ts';
import { createTeam } from '../../src/commands/create-team.ts';
import { grantRole } from '../../src/commands/grants.ts';
import { type Actor, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { PROJECTION_VERSION } from '../../src/domain/audit/fact-types.ts';
import { type Leaf, parseLeaf } from '../../src/domain/audit/leaf.ts';
import { projectId } from '../../src/domain/lineage/names.ts';
import type { Command, CommandInput, Receipt } from '../../src/ledger/command.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { readPolicies } from '../../src/main/read-policies.ts';
import type { LineageStore, OpenLineageStore } from '../../src/ports/lineage-store.ts';
import type { ObjectStore } from '../../src/ports/object-store.ts';
import type { PersonKeys } from '../../src/ports/person-keys.ts';
import { SettableClock } from './settable-clock.ts';

export const ORG = 'example';
export const TRAINER: Actor = {
  ref: 'act:11111111-1111-4111-8111-111111111111',
  kind: 'SERVICE',
  via: 'key:test',
  authAgeS: null,
  onBehalfOf: null,
};
/** Known to the hub and allowed nothing. */
export const STRANGER: Actor = { ...TRAINER, ref: 'act:22222222-2222-4222-8222-222222222222' };
export const PROJECT = projectId(ORG, { team: 'main', project: 'churn' });

export interface TestLedger {
  readonly ledger: Ledger;
  readonly store: OpenLineageStore;
  readonly objects: ObjectStore;
  readonly personKeys: PersonKeys;
  readonly clock: SettableClock;
  readonly folder: string;
  submit<I extends CommandInput>(command: Command<I>, input: I, by?: Actor): Promise<Receipt>;
  /** Leaves of the whole log, in order. */
  leaves(): Promise<Leaf[]>;
  close(): Promise<void>;
}

export interface LedgerOptions {
  /** Stands between the ledger and the store, to break what the test wants broken. */
  readonly between?: (store: LineageStore) => LineageStore;
}

/** A ledger over real embedded adapters, with a team, a project, a trainer and a stranger. */
export async function openTestLedger(options: LedgerOptions = {}): Promise<TestLedger> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-ledger-'));
  const opened = await foundedLedger(folder, options);
  onTestFinished(async () => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });
  return opened;
}

/** The same in a folder of the caller's, who closes it. */
export async function foundedLedger(
  folder: string,
  options: LedgerOptions = {},
): Promise<TestLedger> {
  const clock = new SettableClock(Date.parse('2026-01-02T03:04:05.678Z'));
  const parts = { ids: systemIds, clock };
  const store = await openSqliteLineageStore({
    file: join(folder, 'ledgerline.db'),
    readers: 1,
    projectionVersion: PROJECTION_VERSION,
  });
  const objects = await openFilesystemObjectStore({ folder: join(folder, 'objects'), ...parts });
  const personKeys = await openFilesystemPersonKeys({ folder: join(folder, 'keys'), ...parts });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const ledger = new Ledger({
    ...{ org: ORG, objects, personKeys, log, ...readPolicies(), ...parts },
    store: options.between?.(store) ?? store,
  });
  const submit: TestLedger['submit'] = (command, input, by = TRAINER) =>
    ledger.submit({ command, input, actor: by });
  await found(submit);
  const leaves = async () => (await wholeLog(store)).map(({ leaf }) => parseLeaf(leaf));
  const close = async () => {
    await ledger.close();
    await store.close();
  };
  return { ledger, store, objects, personKeys, clock, folder, submit, leaves, close };
}

/** Facts that a fresh test ledger holds before the test does anything. */
export const FOUNDING_FACTS = 6;

async function found(submit: TestLedger['submit']): Promise<void> {
  await submit(createOrganization, {}, SYSTEM_ACTOR);
  await submit(createTeam, { name: 'main', ifExists: 'refuse' }, SYSTEM_ACTOR);
  for (const [id, name] of [
    [TRAINER.ref, 'trainer'],
    [STRANGER.ref, 'stranger'],
  ] as const) {
    await submit(
      createServiceAccount as Command<never>,
      { id, team: 'main', name, ifExists: 'refuse' } as never,
      SYSTEM_ACTOR,
    );
  }
  const grant = { grantId: 'g1', role: 'ADMINISTRATOR', scope: 'org', expiresAt: null } as const;
  await submit(grantRole as Command<never>, { ...grant, to: TRAINER.ref } as never, SYSTEM_ACTOR);
  const project = { team: 'main', project: 'churn', ifExists: 'refuse' } as const;
  await submit(createProject as Command<never>, project as never, SYSTEM_ACTOR);
}

export async function wholeLog(store: LineageStore) {
  const { size } = await store.head();
  const rows = [];
  for (let from = 0; from < size; from += 1_000) {
    const page = { from, order: 'oldest', limit: 1_000, scope: { all: true } } as const;
    rows.push(...(await store.facts(page)));
  }
  return rows;
}

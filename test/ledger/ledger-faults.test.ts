import { describe, expect, it } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { runId } from '../../src/domain/lineage/names.ts';
import type { Command, CommandInput } from '../../src/ledger/command.ts';
import { rebuild } from '../../src/ledger/rebuild.ts';
import type { LineageStore } from '../../src/ports/lineage-store.ts';
import { breaking, refusingPoison } from '../support/breaking-store.ts';
import { FOUNDING_FACTS, ORG, openTestLedger, PROJECT, wholeLog } from '../support/open-ledger.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { runInput } from '../support/run-input.ts';

describe('a store that refuses', () => {
  it('makes only the command fail whose rows it cannot hold', async () => {
    const { submit, store } = await openTestLedger({ between: refusingPoison });
    const names = Array.from({ length: 40 }, (_, at) =>
      at % 13 === 5 ? `poison ${at}` : `r${at}`,
    );
    const answers = await Promise.allSettled(
      names.map((name) => submit(createRun, runInput(name))),
    );
    const refused = names.filter((_, at) => answers[at]?.status === 'rejected');
    expect(refused).toEqual(names.filter((name) => name.includes('poison')));
    const rows = await store.get(names.map((name) => runId(ORG, PROJECT, name)));
    expect(rows.map((row) => row !== null)).toEqual(names.map((name) => !name.includes('poison')));
    const kept = names.length - refused.length;
    expect((await store.head()).size).toBe(FOUNDING_FACTS + kept);
  });

  it('lets a decide that throws fail alone', async () => {
    const { submit, store } = await openTestLedger();
    const broken: Command<CommandInput> = {
      operation: 'broken',
      wants: () => ({}),
      requires: () => [{ permission: 'record.write', place: {} }],
      decide: () => {
        throw new TypeError('a bug');
      },
    };
    const answers = await Promise.allSettled([
      submit(createRun, runInput('a')),
      submit(broken, {}),
      submit(createRun, runInput('b')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.head()).size).toBe(FOUNDING_FACTS + 2);
  });
});

describe('an unknown outcome', () => {
  const unknown = () =>
    new DomainError('UNAVAILABLE', 'the connection broke', { details: { outcome: 'unknown' } });

  it('is looked up: a batch that did commit is acknowledged once', async () => {
    let armed = false;
    const between = (store: LineageStore) =>
      breaking(store, async (work) => {
        const answer = await store.transact(work);
        if (!armed) return answer;
        armed = false;
        throw unknown();
      });
    const { submit, store } = await openTestLedger({ between });
    armed = true;
    const receipts = await Promise.all(
      ['a', 'b', 'c'].map((name) => submit(createRun, runInput(name))),
    );
    const log = await wholeLog(store);
    expect(log.length).toBe(FOUNDING_FACTS + 3);
    for (const { index, subject } of receipts) expect(log[index]?.subject).toBe(subject?.id);
  });

  it('is looked up: a batch that did not commit is committed, once', async () => {
    let armed = false;
    const between = (store: LineageStore) =>
      breaking(store, async (work) => {
        if (!armed) return store.transact(work);
        armed = false;
        await store
          .transact(async (tx) => {
            await work(tx);
            throw new Error('gone before the commit');
          })
          .catch(() => undefined);
        throw unknown();
      });
    const { submit, store } = await openTestLedger({ between });
    armed = true;
    await Promise.all(['a', 'b'].map((name) => submit(createRun, runInput(name))));
    expect((await store.head()).size).toBe(FOUNDING_FACTS + 2);
  });
});

describe('a store that is away', () => {
  it('answers UNAVAILABLE and works again when it is back', async () => {
    let away = false;
    const between = (store: LineageStore) =>
      breaking(store, async (work) => {
        if (away) throw new DomainError('UNAVAILABLE', 'the store cannot be reached');
        return store.transact(work);
      });
    const { submit, store, objects } = await openTestLedger({ between });
    away = true;
    const both = ['a', 'b'].map((name) => submit(createRun, runInput(name)));
    for (const answer of await Promise.allSettled(both)) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    }
    away = false;
    await submit(createRun, runInput('a'));
    expect((await store.head()).size).toBe(FOUNDING_FACTS + 1);
    const scratch = await openTestScratch();
    const readBody = (digest: Parameters<typeof objects.read>[0]) => objects.read(digest, 1e6);
    const rebuilt = await rebuild({ live: store, scratch, readBody });
    expect(rebuilt).toMatchObject({ differences: [], faults: [], facts: FOUNDING_FACTS + 1 });
  });
});

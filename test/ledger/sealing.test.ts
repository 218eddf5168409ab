import { expect, it } from 'vitest';
import { createRun } from '../../src/commands/create-run.ts';
import type { SealedTelemetry } from '../../src/commands/finish-run.ts';
import { sealTelemetry } from '../../src/commands/seal-telemetry.ts';
import { sha256 } from '../../src/domain/digest.ts';
import { openTestLedger } from '../support/open-ledger.ts';
import { runInput } from '../support/run-input.ts';

function entry(stream: string, bytes: number, lines = bytes): SealedTelemetry {
  return { stream, bytes, lines, digest: sha256(`${stream} ${bytes}`) };
}

async function open() {
  const { submit, store } = await openTestLedger();
  const run = (await submit(createRun, runInput('r'))).subject?.id ?? '';
  const seal = async (...sealed: SealedTelemetry[]) =>
    (await submit(sealTelemetry, { run, sealed })).outcome;
  const sealedNow = async () => (await store.get([run]))[0]?.props.sealed;
  return { seal, sealedNow };
}

it('what is sealed of a run does not go back', async () => {
  const { seal, sealedNow } = await open();
  const [history, console] = [entry('history', 20), entry('console', 10)];
  expect(await seal(history, console)).toBe('recorded');
  expect(await seal(entry('history', 30), entry('console', 9))).toBe('unchanged');
  expect(await seal(entry('history', 30))).toBe('unchanged');
  expect(await sealedNow()).toEqual([history, console]);
  expect(await seal(history, entry('console', 11))).toBe('recorded');
});

it('a list of files that got shorter by a replaced file is sealed', async () => {
  const { seal, sealedNow } = await open();
  expect(await seal(entry('files', 100, 2))).toBe('recorded');
  expect(await seal(entry('files', 99, 1))).toBe('unchanged');
  const shorter = entry('files', 99, 2);
  expect(await seal(shorter)).toBe('recorded');
  expect(await sealedNow()).toEqual([shorter]);
});

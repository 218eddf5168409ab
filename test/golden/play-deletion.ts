import { createRun } from '../../src/commands/create-run.ts';
import { deleteRun } from '../../src/commands/delete-run.ts';
import { deleteVersion } from '../../src/commands/delete-version.ts';
import { finishRun } from '../../src/commands/finish-run.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import type { TestLedger } from '../support/open-ledger.ts';
import { TRAINER } from '../support/open-ledger.ts';
import { runInput, versionInput } from '../support/run-input.ts';

/** What is deleted, comes again under its old name and content, and is deleted once more. */
export async function playDeletion({ submit, clock }: TestLedger): Promise<void> {
  const reason = { personal: [{ person: TRAINER.ref, values: { reason: 'a trial' } }] };
  for (const content of ['t1', 't2', 't1']) {
    const run = (await submit(createRun, runInput('trial'))).subject?.id ?? '';
    const made = versionInput('trial', content, { generatedBy: run, aliases: ['best'] });
    const version = (await submit(registerVersion, made)).subject?.id ?? '';
    const status = 'FAILED' as const;
    await submit(finishRun, { run, status, exitCode: 1, summary: null, sealed: [] });
    clock.advance(1_000);
    const gone = { version, aliases: 'delete', ...reason } as const;
    if (content === 't1') await submit(deleteVersion, gone);
    const aliases = versionInput('trial', 't3', { generatedBy: run });
    await submit(registerVersion, aliases);
    const free = content === 't2' ? versionInput('trial', 't4', { aliases: ['best'] }) : null;
    if (free !== null) await submit(registerVersion, free);
    await submit(deleteRun, { run, versions: 'delete', ...reason });
  }
}

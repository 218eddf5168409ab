import { crashRun } from '../../src/commands/crash-run.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { finishRun, resumeRun } from '../../src/commands/finish-run.ts';
import { recordEnvironment } from '../../src/commands/record-environment.ts';
import { sealTelemetry } from '../../src/commands/seal-telemetry.ts';
import { stopRun } from '../../src/commands/stop-run.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { encodeValue, type JsonObject } from '../../src/domain/values/value.ts';
import type { TestLedger } from '../support/open-ledger.ts';
import { runInput } from '../support/run-input.ts';

const STREAM = { stream: 'history', bytes: 24, lines: 2, digest: `sha256:${'1'.repeat(64)}` };

const DAMAGED = { stream: 'console', bytes: 9, lines: 1, digest: null };

/** What happens to a run between its start and its end, told by the hub and by people. */
export async function playRunLife({ submit, clock }: TestLedger): Promise<void> {
  const run = (await submit(createRun, runInput('long'))).subject?.id ?? '';
  const lastSeenAt = instantFromMs(clock.nowMs());
  const packages = { digest: `sha256:${'2'.repeat(64)}`, count: 2, omitted: 1 } as const;
  await submit(recordEnvironment, { run, packages });
  await submit(sealTelemetry, { run, sealed: [STREAM, DAMAGED] }, SYSTEM_ACTOR);
  clock.advance(400_000);
  const summary = encodeValue({ loss: Number.NaN }) as JsonObject;
  const crash = { run, lastSeenAt, silentSeconds: 300, summary, sealed: [STREAM, DAMAGED] };
  await submit(crashRun, crash, SYSTEM_ACTOR);
  await submit(resumeRun, { run, stopRequest: 'keep' });
  await submit(stopRun, { run });
  const end = { run, exitCode: 255, summary: null, sealed: [STREAM, DAMAGED] } as const;
  await submit(finishRun, { ...end, status: 'FAILED', ifStopped: 'KILLED' });
  await submit(resumeRun, { run, stopRequest: 'clear' });
}

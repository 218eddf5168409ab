import { z } from 'zod';
import { factType, leaf } from '../fact-type.ts';
import { putRun, namedRun as run, sealedOrDamagedStreams } from '../run-parts.ts';

/** While the run goes on, so that no more than a while of its telemetry could be changed unseen. */
export const runTelemetrySealed = factType({
  type: 'runTelemetry.sealed',
  version: 1,
  fields: { run: leaf(run), sealed: leaf(sealedOrDamagedStreams) },
  changes: (fact) => [putRun(fact, { sealed: fact.data.sealed, sealedAt: fact.recordedAt })],
});

/** Somebody asked the processes of a run to stop; whether they do is told by its end. */
export const runStopRequested = factType({
  type: 'runStop.requested',
  version: 1,
  fields: { run: leaf(run) },
  changes: (fact) => [putRun(fact, { stopRequestedAt: fact.occurredAt ?? fact.recordedAt })],
});

/** What was installed where the run ran. The list itself is the object with this digest. */
export const runEnvironmentRecorded = factType({
  type: 'runEnvironment.recorded',
  version: 1,
  fields: {
    run: leaf(run),
    packages: leaf(
      z.strictObject({
        /** SHA-256 of the lines `name==version`, sorted, names normalised by PEP 503. */
        digest: z.string(),
        count: z.number().int().nonnegative(),
        /** Lines of what the client sent that name no package with a version. */
        omitted: z.number().int().nonnegative(),
      }),
    ),
  },
  changes: (fact) => [putRun(fact, { packages: fact.data.packages })],
});

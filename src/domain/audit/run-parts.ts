import { z } from 'zod';
import type { Change } from '../lineage/change.ts';
import type { Json } from '../values/value.ts';
import { type FactView, id } from './fact-type.ts';

/** The run that a fact is about, as facts name it. */
export const namedRun = z.strictObject({ id, name: z.string(), project: id });

/** What is kept of each stream: the first `bytes` of its log have this digest. */
export const sealedStreams = z.array(
  z.strictObject({
    stream: z.string(),
    bytes: z.number().int().nonnegative(),
    lines: z.number().int().nonnegative(),
    digest: z.string(),
  }),
);

/** The same, where a stream whose log is damaged has no digest: that keeps no run from ending. */
export const sealedOrDamagedStreams = z.array(
  sealedStreams.element.extend({ digest: z.string().nullable() }),
);

/** Sets properties of the run that a fact is about; null takes one away. */
export function putRun(
  fact: FactView<{ readonly run: z.infer<typeof namedRun> }>,
  set: Record<string, Json | undefined>,
): Change {
  const { id: own, name, project } = fact.data.run;
  return { op: 'put', id: own, kind: 'RUN', project, name, set };
}

import { DomainError } from '../../domain/errors.ts';
import { deletedAtOf } from '../../domain/lineage/tombstone.ts';
import type { GraphContext } from './graph-context.ts';
import { rowOf, type ShownNode } from './shown-node.ts';

/** Files and telemetry of a run that was deleted are served no more. `what` names them. */
export async function requireServed(
  run: ShownNode,
  what: 'metrics' | 'packages',
  context: GraphContext,
): Promise<void> {
  const deletedAt = deletedAtOf(await rowOf(run, context));
  if (deletedAt === undefined) return;
  const text = `the run ${run.name} was deleted at ${deletedAt}, and its ${what} are not served`;
  throw new DomainError('NOT_FOUND', text);
}

import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { summaryOfRun } from '../../projections/run-summary.ts';
import type { GraphContext } from './graph-context.ts';

/** The summary of a run as it is now, read once for a request. */
export function liveSummary(
  row: NodeRow,
  { hub: { telemetry }, loaders }: GraphContext,
): Promise<JsonObject> {
  return loaders.answers.share(['summary', row.id], () => summaryOfRun(row, telemetry));
}

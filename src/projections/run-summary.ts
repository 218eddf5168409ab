import { isDomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { isFinalStatus } from '../domain/lineage/run-status.ts';
import { parseLosslessJson } from '../domain/values/lossless-json.ts';
import { encodeValue, type JsonObject, type ValueObject } from '../domain/values/value.ts';
import type { TelemetryStore } from '../ports/telemetry-store.ts';

/** Notes that a client's own library keeps in a live summary; they are no results. */
const CLIENT_NOTES = '_wandb';

/**
 * The summary of a run as encoded values: what its finish put on record, and before that the
 * live one, which is the first line of its summary stream.
 */
export async function summaryOfRun(row: NodeRow, telemetry: TelemetryStore): Promise<JsonObject> {
  const recorded = row.props.summary as JsonObject | undefined;
  if (recorded !== undefined && isFinalStatus(row.props.status)) return recorded;
  const [line] = await telemetry.read(row.id, 'summary', { from: 0, to: 1 });
  return (line && encodedObject(line.text)) ?? recorded ?? {};
}

/** The summary for the end of a run, which a damaged stream must not keep from being recorded. */
export async function endSummaryOfRun(
  row: NodeRow,
  telemetry: TelemetryStore,
): Promise<JsonObject> {
  try {
    return await summaryOfRun(row, telemetry);
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'INTERNAL') throw error;
    return (row.props.summary as JsonObject | undefined) ?? {};
  }
}

/** A line that is no JSON object is kept as it came and tells no results. */
function encodedObject(text: string): JsonObject | null {
  try {
    const value = parseLosslessJson(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const { [CLIENT_NOTES]: _, ...results } = value as ValueObject;
    return encodeValue(results) as JsonObject;
  } catch {
    return null;
  }
}

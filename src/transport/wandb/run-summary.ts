import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { isFinalStatus } from '../../domain/lineage/run-status.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { decodeValue, encodeValue, type JsonObject } from '../../domain/values/value.ts';
import type { TelemetryStore } from '../../ports/telemetry-store.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';

/** The SDK's own notes within a summary. */
const SDK_KEY = '_wandb';

/**
 * The summary as JSON text. While a run goes on it is the last line of its summary stream; when
 * it is over, the finish has put it on record.
 */
export async function summaryText(telemetry: TelemetryStore, run: NodeRow): Promise<string> {
  const live = await liveSummaryText(telemetry, run.id);
  if (live !== null && isObjectText(live)) return live;
  return jsonTextOf(decodeValue(run.props.summary ?? {}));
}

/** The summary as encoded values: of a run that is over, what is on record. */
export async function summaryOf(telemetry: TelemetryStore, run: NodeRow): Promise<JsonObject> {
  const recorded = run.props.summary as JsonObject | undefined;
  if (recorded !== undefined && isFinalStatus(run.props.status)) return recorded;
  const text = await liveSummaryText(telemetry, run.id);
  return (text === null ? null : encodedSummary(text)) ?? recorded ?? {};
}

/** The whole summary is one line, and each writing replaces it. */
export async function liveSummaryText(
  telemetry: TelemetryStore,
  run: string,
): Promise<string | null> {
  const [line] = await telemetry.read(run, 'summary', { from: 0, to: 1 });
  return line?.text ?? null;
}

/** A summary text as it goes on record, or null when it is none. */
export function encodedSummary(text: string): JsonObject | null {
  try {
    const value = parseLosslessJson(text);
    if (!isValueObject(value)) return null;
    const { [SDK_KEY]: _notes, ...own } = value;
    return encodeValue(own) as JsonObject;
  } catch {
    return null;
  }
}

function isObjectText(text: string): boolean {
  return encodedSummary(text) !== null;
}

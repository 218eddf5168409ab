import { sha256 } from '../../domain/digest.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import type { TelemetryOperation } from '../../ports/telemetry-store.ts';
import type { Hub } from '../hub.ts';
import { isValueObject, jsonTextOf } from './json-text.ts';
import { liveSummaryText } from './run-summary.ts';
import { placeLines, type Segment } from './shared-lines.ts';
import type { StreamOperation } from './stream-body.ts';

const ROOM = 'run-telemetry';

export interface SharedWriter {
  readonly run: string;
  /** The SDK's id of the writing process; it counts its lines by itself. */
  readonly client: string;
}

/**
 * Turns what one of several processes sends into operations on the streams that they share:
 * lines go behind those of the others, summaries are merged key by key.
 *
 * Where lines lie is durable before the lines are: a writer that is cut off in between sends
 * them again and finds their places kept. Calls for one run must not overlap.
 */
export async function sharedOperations(
  hub: Pick<Hub, 'operational' | 'telemetry'>,
  writer: SharedWriter,
  operations: readonly StreamOperation[],
): Promise<TelemetryOperation[]> {
  const shared: TelemetryOperation[] = [];
  for (const operation of operations) {
    if (operation.stream === 'summary') shared.push(await merged(hub, writer.run, operation));
    else shared.push(...(await placed(hub, writer, operation)));
  }
  return shared;
}

async function placed(
  { operational, telemetry }: Pick<Hub, 'operational' | 'telemetry'>,
  { run, client }: SharedWriter,
  { stream, file, offset, lines }: StreamOperation,
): Promise<TelemetryOperation[]> {
  // Clients choose both names, and put into them what they like; a digest tells them apart too.
  const writer = sha256(`${client}\n${file}`);
  const own = `shared/${run}/${stream}/of/${writer}`;
  const ends = `shared/${run}/${stream}/next`;
  const [segments, end] = await Promise.all([
    operational.get(ROOM, own),
    operational.get(ROOM, ends),
  ]);
  const states = await telemetry.states(run);
  const written = states.find((state) => state.stream === stream)?.lines ?? 0;
  const placement = placeLines({
    segments: segments === null ? [] : (JSON.parse(segments) as Segment[]),
    next: Math.max(written, Number(end ?? 0)),
    offset,
    lines,
  });
  await operational.put(ROOM, [
    { key: own, value: JSON.stringify(placement.segments) },
    { key: ends, value: String(placement.next) },
  ]);
  return placement.placed.map((part) => ({ stream, ...part }));
}

/** Each writer sends the keys that it knows; those of the others stay. */
async function merged(
  { telemetry }: Pick<Hub, 'telemetry'>,
  run: string,
  { stream, lines }: StreamOperation,
): Promise<TelemetryOperation> {
  const [known, said] = [await liveSummaryText(telemetry, run), lines.at(-1) ?? '{}'];
  const [before, after] = [objectOf(known), objectOf(said)];
  const line = before && after ? jsonTextOf({ ...before, ...after }) : said;
  return { stream, offset: 0, lines: [line] };
}

function objectOf(text: string | null) {
  try {
    const value = text === null ? null : parseLosslessJson(text);
    return value !== null && isValueObject(value) ? value : null;
  } catch {
    return null;
  }
}

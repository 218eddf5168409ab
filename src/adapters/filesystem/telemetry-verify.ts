import type { ColumnsVerdict } from '../../ports/telemetry-columns.ts';
import type { LoosePart } from './telemetry-protocol.ts';
import type { TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import type { TelemetryThread } from './telemetry-thread.ts';

type Verdict = Omit<ColumnsVerdict, 'stream'>;

/** Checks the log of a stream and then each file of columns against it; null without a log. */
export async function verifyStream(
  thread: TelemetryThread,
  columns: TelemetryStreamColumns,
): Promise<Verdict | null> {
  const { path } = columns.log;
  const { bytes, lines } = await columns.log.look((_, state) => state);
  if (bytes === 0) return null;
  const checked = await thread.ask('check', { log: path, bytes });
  if (checked.damagedAt !== null) {
    const fault = `the log is damaged at byte ${checked.damagedAt}`;
    return { bytes, compared: 0, waiting: lines, fault };
  }
  const { plan, looseLines } = await columns.plan();
  let compared = 0;
  for (const { segment } of plan.parts) {
    if (segment === undefined) continue;
    const { from, to, logBytes } = segment;
    const chunks = await columns.log.look((index) => index.latestFirst({ from, to }));
    const loose: LoosePart = { from, to, chunks, logBytes, rewrittenAt: -1, isOpen: false };
    const input = { log: plan.log, folder: plan.folder, loose, segment };
    const fault = await thread.ask('compare', input);
    if (fault !== null) return { bytes, compared, waiting: looseLines, fault };
    compared += to - from;
  }
  return { bytes, compared, waiting: looseLines, fault: null };
}

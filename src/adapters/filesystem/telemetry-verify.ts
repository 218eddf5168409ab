import { isDomainError } from '../../domain/errors.ts';
import type { ColumnsVerdict, SealedBytes } from '../../ports/telemetry-columns.ts';
import type { LoosePart } from './telemetry-protocol.ts';
import type { TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import type { TelemetryThread } from './telemetry-thread.ts';

type Verdict = Omit<ColumnsVerdict, 'stream'>;

/**
 * Checks the log of a stream and then each file of columns against it; null when there is no log
 * and none was put on record.
 */
export async function verifyStream(
  thread: TelemetryThread,
  columns: TelemetryStreamColumns,
  sealed: readonly SealedBytes[],
): Promise<Verdict | null> {
  const known = await columns.log.look((_, state) => state).catch(damageOf);
  if (typeof known === 'string') return { bytes: 0, compared: 0, waiting: 0, fault: known };
  const { bytes, lines } = known;
  if (bytes === 0 && sealed.length === 0) return null;
  const logFault = await faultOfLog(thread, columns.log, { bytes, sealed });
  if (logFault !== null) return { bytes, compared: 0, waiting: lines, fault: logFault };
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

/** A log that does not even open is what somebody who verifies wants to hear of. */
function damageOf(error: unknown): string {
  if (isDomainError(error) && error.code === 'INTERNAL') return error.message;
  throw error;
}

const nothing = { damagedAt: null } as const;

async function faultOfLog(
  thread: TelemetryThread,
  { path: log }: TelemetryStreamColumns['log'],
  { bytes, sealed }: { readonly bytes: number; readonly sealed: readonly SealedBytes[] },
): Promise<string | null> {
  for (const range of sealed) {
    if (range.digest === null) continue;
    if (range.bytes > bytes) {
      return `the log has ${bytes} bytes, and ${range.bytes} were put on record`;
    }
    const { sha256 } = await thread.ask('check', { log, bytes: range.bytes });
    if (`sha256:${sha256}` !== range.digest) {
      return `the first ${range.bytes} bytes of the log are not what was put on record`;
    }
  }
  const { damagedAt } = bytes === 0 ? nothing : await thread.ask('check', { log, bytes });
  if (damagedAt !== null) return `the log is damaged at byte ${damagedAt}`;
  const wasDamaged = sealed.some(({ digest }) => digest === null);
  return wasDamaged ? 'the log was damaged when it was put on record' : null;
}

import { isDomainError } from '../../domain/errors.ts';
import type { ColumnsVerdict, SealedBytes } from '../../ports/telemetry-columns.ts';
import type { SegmentEntry } from './telemetry-manifest.ts';
import type { LoosePart, Plan } from './telemetry-protocol.ts';
import type { TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import type { TelemetryThread } from './telemetry-thread.ts';

/** How often the files of a stream are looked up anew while others write it. */
const LOOKS_MAX = 5;

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
  return { bytes, ...(await compareFiles(thread, columns)) };
}

/**
 * Who writes meanwhile may put other files in place, or write lines anew. So a fault is one only
 * if its file still counts by a look after it was found; else what counts now is compared.
 */
async function compareFiles(
  thread: TelemetryThread,
  columns: TelemetryStreamColumns,
): Promise<Omit<Verdict, 'bytes'>> {
  const alike = new Set<string>();
  let planned = await columns.plan();
  for (let looks = 1; ; looks += 1) {
    const found = await firstFault(thread, { columns, plan: planned.plan, alike });
    const compared = linesOf(planned.plan, alike);
    const waiting = planned.looseLines;
    if (found === null) return { compared, waiting, fault: null };
    columns.reload();
    const news = await columns.plan();
    const isThere = news.plan.parts.some(
      ({ segment }) => segment && nameOf(segment) === found.name,
    );
    if (isThere) return { compared, waiting, fault: found.fault };
    if (looks === LOOKS_MAX) return { compared, waiting: planned.lines - compared, fault: null };
    planned = news;
  }
}

interface Comparing {
  readonly columns: TelemetryStreamColumns;
  readonly plan: Plan;
  /** Files that say what the log says; those that are found join them. */
  readonly alike: Set<string>;
}

async function firstFault(thread: TelemetryThread, { columns, plan, alike }: Comparing) {
  for (const { segment } of plan.parts) {
    if (segment === undefined || alike.has(nameOf(segment))) continue;
    const { from, to, logBytes } = segment;
    const chunks = await columns.log.look((index) => index.latestFirst({ from, to }));
    const loose: LoosePart = { from, to, chunks, logBytes, rewrittenAt: -1, isOpen: false };
    const input = { log: plan.log, folder: plan.folder, loose, segment };
    const fault = await thread.ask('compare', input);
    if (fault !== null) return { name: nameOf(segment), fault };
    alike.add(nameOf(segment));
  }
  return null;
}

function linesOf({ parts }: Plan, alike: ReadonlySet<string>): number {
  const own = parts.flatMap(({ segment }) =>
    segment && alike.has(nameOf(segment)) ? segment : [],
  );
  return own.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** A file that is made anew of as long a log has the same name, so its digest tells it apart. */
function nameOf({ file, sha256 }: SegmentEntry): string {
  return `${file} ${sha256}`;
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

import { statfs } from 'node:fs/promises';
import { type Finding, right, wrong } from './finding.ts';

/** The oldest Node.js that runs the hub, as package.json says it. */
export const NODE_MIN = { major: 20, minor: 19 } as const;
/** Free space below which the disk is reported, in bytes. */
export const FREE_DISK_BYTES_MIN = 1024 ** 3;
/** No clock of today shows a time before this release. */
export const CLOCK_MS_MIN = Date.parse('2026-01-01T00:00:00Z');
/** How far the log may be ahead of the clock, in milliseconds: clocks are set now and then. */
export const CLOCK_BEHIND_MS_MAX = 60_000;

const GIB = 1024 ** 3;

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fine = major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor);
  if (fine) return right('node', version);
  return wrong('node', version, `install Node.js ${NODE_MIN.major}.${NODE_MIN.minor} or later`);
}

/** A clock that is behind is not fatal: the hub never goes back in its log. It waits there. */
export function checkClock(lastRecordedAt: string | null, nowMs: number = Date.now()): Finding {
  const now = new Date(nowMs).toISOString();
  const mend = 'set the clock of this machine, and let it be kept (NTP)';
  if (nowMs < CLOCK_MS_MIN) return wrong('clock', `it shows ${now}, which is long past`, mend);
  const lastMs = lastRecordedAt === null ? 0 : Date.parse(lastRecordedAt);
  if (lastMs <= nowMs + CLOCK_BEHIND_MS_MAX) return right('clock', now);
  return wrong('clock', `it shows ${now}, and the log was written until ${lastRecordedAt}`, mend);
}

export async function checkDisk(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir);
  return diskFinding(bavail * bsize);
}

export function diskFinding(freeBytes: number): Finding {
  const says = `${(freeBytes / GIB).toFixed(1)} GiB free`;
  if (freeBytes >= FREE_DISK_BYTES_MIN) return right('disk', says);
  return wrong('disk', says, `free at least ${FREE_DISK_BYTES_MIN / GIB} GiB`);
}

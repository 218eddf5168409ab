import { join } from 'node:path';
import type { LineRange } from '../../ports/telemetry-line.ts';
import type { DurableFolders } from './durable-folders.ts';
import { STRETCH_LINES, type Stretch, stretchOf, type TelemetryIndex } from './telemetry-index.ts';
import type { LogState } from './telemetry-known-log.ts';
import {
  type Manifest,
  NO_SEGMENTS,
  readManifest,
  removeOthers,
  type SegmentEntry,
  writeManifest,
} from './telemetry-manifest.ts';
import type { LoosePart, Part, Plan } from './telemetry-protocol.ts';
import type { TelemetryStreamLog } from './telemetry-stream-log.ts';

/** A file of columns of at least so many bytes is kept when lines come behind its own. */
export const SEGMENT_KEPT_BYTES_MIN = 4 * 1024 * 1024;
/** Files of columns are made early when the log is so many bytes ahead of them. */
export const LOOSE_BYTES_MAX = 32 * 1024 * 1024;

/** A stretch of which files are to be made, and what they are to be made of. */
export interface Task {
  readonly stretch: Stretch;
  readonly loose: LoosePart;
}

export interface Planned {
  readonly plan: Plan;
  /** Lines that are read from the log. */
  readonly looseLines: number;
  readonly lines: number;
}

/** `whole`: stretches that are complete, or wide; `all`: what there is. */
export type Extent = 'whole' | 'all';

/** The files of columns of one stream, and how they stand to its log. */
export class TelemetryStreamColumns {
  readonly log: TelemetryStreamLog;
  readonly #folder: string;
  readonly #below: string;
  readonly #folders: DurableFolders;
  #manifest: Promise<Manifest> | null = null;
  /** Files that could not be read, until their lines are in others. */
  readonly #distrusted = new Set<string>();
  #isTidy = false;
  /** Of each stretch for which files were made, its state: it is not tried again in that one. */
  readonly #tried = new Map<number, string>();
  /** While files are being made the object must not be made anew. */
  isBusy = false;
  /** State of the log when files were asked for last as it grew. */
  #asked: LogState | null = null;

  constructor(
    log: TelemetryStreamLog,
    { below, root, folders }: { below: string; root: string; folders: DurableFolders },
  ) {
    this.log = log;
    this.#below = below;
    this.#folder = join(root, below);
    this.#folders = folders;
  }

  /** Whether this process has appended since a seal: else no seal comes for what is left. */
  get hasGrown(): boolean {
    return this.#asked !== null;
  }

  /** True when the log has come so far that files may be due. */
  noteGrowth(state: LogState): boolean {
    const asked = this.#asked;
    const isSame =
      asked !== null &&
      stretchOf(asked.lines) === stretchOf(state.lines) &&
      state.bytes - asked.bytes < LOOSE_BYTES_MAX;
    if (!isSame) this.#asked = state;
    return !isSame;
  }

  /** Nobody is expected to write on: who reads has files made of what is left, too. */
  noteSeal(): void {
    this.#asked = null;
  }

  /** What has to be read, and from where, to know the stream as it is now. */
  async plan(): Promise<Planned> {
    const { segments } = await this.#known();
    return this.log.look((index, state) => {
      const parts: Part[] = [];
      for (const stretch of index.stretches()) {
        parts.push(...partsOf(stretch, { segments, index, state }));
      }
      const looseLines = parts.reduce((sum, { loose }) => sum + (loose ? lengthOf(loose) : 0), 0);
      const plan = { log: this.log.path, folder: this.#folder, parts };
      return { plan, looseLines, lines: state.lines };
    });
  }

  /** What files are to be made of. */
  async tasks(extent: Extent): Promise<Task[]> {
    const { segments } = await this.#known();
    return this.log.look((index, state) => {
      const covered = segments.reduce((most, { logBytes }) => Math.max(most, logBytes), 0);
      const isFarAhead = state.bytes - covered >= LOOSE_BYTES_MAX;
      const stretches = index.stretches();
      return stretches.flatMap((stretch, at): Task[] => {
        const isComplete = stretch.end === (stretch.number + 1) * STRETCH_LINES;
        const isLast = at === stretches.length - 1;
        const isDue = isComplete || !isLast || isFarAhead || extent === 'all';
        if (!isDue || this.#tried.get(stretch.number) === stateText(stretch)) return [];
        return taskOf(stretch, { segments, index, state });
      });
    });
  }

  async makeFolder(): Promise<{ readonly log: string; readonly folder: string }> {
    await this.#folders.obtain(this.#below);
    if (!this.#isTidy) await removeOthers(this.#folder, await this.#known());
    this.#isTidy = true;
    return { log: this.log.path, folder: this.#folder };
  }

  /** Puts files in the place of those of the same lines. They are durable already. */
  async replace(task: Task, made: readonly SegmentEntry[]): Promise<void> {
    const known = await this.#known();
    this.#tried.set(task.stretch.number, stateText(task.stretch));
    const others = known.segments.filter(
      ({ from, to }) => stretchOf(from) !== task.stretch.number || to <= task.loose.from,
    );
    const segments = [...others, ...made].sort((a, b) => a.from - b.from);
    const log = await this.log.checkpoint();
    const manifest: Manifest = { v: 1, log, segments };
    await writeManifest(this.#folder, manifest);
    this.#distrusted.clear();
    this.#manifest = Promise.resolve(manifest);
    await removeOthers(this.#folder, manifest);
  }

  /** Forgets a file that could not be read; its lines come from the log until it is made anew. */
  async distrust(file: string): Promise<void> {
    const known = await this.#known();
    for (const { from } of known.segments.filter((segment) => segment.file === file)) {
      this.#tried.delete(stretchOf(from));
    }
    this.#distrusted.add(file);
    this.reload();
  }

  /** Reads anew which files there are, the next time that it matters: others may make them. */
  reload(): void {
    this.#manifest = null;
  }

  #known(): Promise<Manifest> {
    if (this.#manifest !== null) return this.#manifest;
    const loading = this.#load().catch((error: unknown) => {
      if (this.#manifest === loading) this.#manifest = null;
      throw error;
    });
    this.#manifest = loading;
    return loading;
  }

  /** Files that were made of another log, as in a backup that was put back in parts, are none. */
  async #load(): Promise<Manifest> {
    const manifest = await readManifest(this.#folder);
    const isOfThisLog = manifest.log !== null && (await this.log.reaches(manifest.log));
    if (!isOfThisLog) return NO_SEGMENTS;
    const segments = manifest.segments.filter(({ file }) => !this.#distrusted.has(file));
    return { ...manifest, segments };
  }
}

interface Known {
  readonly segments: readonly SegmentEntry[];
  readonly index: TelemetryIndex;
  readonly state: LogState;
}

/** Files that say what the log says: none of their lines was written anew since they were made. */
function validOf({ number, end, rewrittenAt }: Stretch, segments: readonly SegmentEntry[]) {
  return segments.filter(
    ({ from, to, logBytes }) => stretchOf(from) === number && to <= end && logBytes > rewrittenAt,
  );
}

function partsOf(stretch: Stretch, known: Known): Part[] {
  const parts: Part[] = [];
  let at = stretch.number * STRETCH_LINES;
  for (const segment of validOf(stretch, known.segments)) {
    if (segment.from > at) parts.push(...looseOf(stretch, { from: at, to: segment.from }, known));
    if (segment.from < at) continue;
    parts.push({ segment });
    at = segment.to;
  }
  if (at < stretch.end) parts.push(...looseOf(stretch, { from: at, to: stretch.end }, known));
  return parts;
}

/** A range without any line needs no reading. */
function looseOf({ end, rewrittenAt }: Stretch, range: LineRange, known: Known): Part[] {
  const chunks = known.index.latestFirst(range);
  if (chunks.length === 0) return [];
  const logBytes = known.state.bytes;
  return [{ loose: { ...range, chunks, logBytes, rewrittenAt, isOpen: range.to === end } }];
}

/** From behind the files that may stay to the end of the stretch; nothing when all is there. */
function taskOf(stretch: Stretch, known: Known): Task[] {
  const parts = partsOf(stretch, known);
  if (parts.every(({ loose }) => loose === undefined)) return [];
  let from = stretch.number * STRETCH_LINES;
  for (const { segment } of parts) {
    if (segment === undefined || segment.bytes < SEGMENT_KEPT_BYTES_MIN) break;
    from = segment.to;
  }
  return looseOf(stretch, { from, to: stretch.end }, known).map(({ loose }) => ({
    stretch,
    loose: loose as LoosePart,
  }));
}

function stateText({ end, rewrittenAt }: Stretch): string {
  return `${end} ${rewrittenAt}`;
}

function lengthOf({ from, to }: LineRange): number {
  return to - from;
}

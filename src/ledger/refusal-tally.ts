import { PROJECTS_PER_FACT_MAX } from '../domain/audit/leaf.ts';

/** Equal refusals within one window that go on record one by one. */
export const EQUAL_REFUSALS_RECORDED_MAX = 10;
/** Length of the window in which refusals count as equal, in milliseconds. */
export const REFUSAL_WINDOW_MS = 60_000;
/** Most different refusals that are watched at once; past it the oldest window ends early. */
export const REFUSAL_WINDOWS_MAX = 10_000;

/** What makes two refusals equal. */
export interface RefusalKey {
  readonly operation: string;
  readonly code: string;
  readonly actor: string;
  readonly subject: string | null;
}

/** Refusals that one counting fact stands for. */
export interface CountedRefusals extends RefusalKey {
  readonly count: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly projects: readonly string[];
}

interface Window {
  readonly key: RefusalKey;
  /** Of all the refusals it counts: who may not read one project may not read the count. */
  readonly projects: Set<string>;
  readonly startMs: number;
  seen: number;
}

/** Decides which refusals are recorded by themselves and counts the others. */
export class RefusalTally {
  readonly #windows = new Map<string, Window>();
  readonly #ended: CountedRefusals[] = [];

  /** Notes one refusal; true when it is to be recorded by itself. */
  note(key: RefusalKey, projects: readonly string[], nowMs: number): boolean {
    const name = JSON.stringify([key.operation, key.code, key.actor, key.subject]);
    let window = this.#windows.get(name);
    if (window && nowMs - window.startMs >= REFUSAL_WINDOW_MS) {
      this.#end(name, window, nowMs);
      window = undefined;
    }
    if (!window) {
      this.#makeRoom(nowMs);
      window = { key, projects: new Set(), startMs: nowMs, seen: 0 };
      this.#windows.set(name, window);
    }
    window.seen += 1;
    for (const project of projects) {
      if (window.projects.size < PROJECTS_PER_FACT_MAX) window.projects.add(project);
    }
    return window.seen <= EQUAL_REFUSALS_RECORDED_MAX;
  }

  /** True while a window is open that has refusals to count. */
  get counts(): boolean {
    const open = [...this.#windows.values()];
    return this.#ended.length > 0 || open.some(({ seen }) => seen > EQUAL_REFUSALS_RECORDED_MAX);
  }

  /** Takes back counts that could not be recorded, for the next time. */
  giveBack(counted: readonly CountedRefusals[]): void {
    this.#ended.push(...counted);
  }

  /** Counts of the windows that have ended; each is given out once. */
  takeEnded(nowMs: number): CountedRefusals[] {
    for (const [name, window] of this.#windows) {
      if (nowMs - window.startMs >= REFUSAL_WINDOW_MS) this.#end(name, window, nowMs);
    }
    return this.#ended.splice(0);
  }

  /** Counts of all windows, ended or not, for a stop. */
  takeAll(nowMs: number): CountedRefusals[] {
    for (const [name, window] of this.#windows) this.#end(name, window, nowMs);
    return this.#ended.splice(0);
  }

  #makeRoom(nowMs: number): void {
    if (this.#windows.size < REFUSAL_WINDOWS_MAX) return;
    const oldest = this.#windows.entries().next().value;
    if (oldest) this.#end(oldest[0], oldest[1], nowMs);
  }

  #end(name: string, window: Window, nowMs: number): void {
    this.#windows.delete(name);
    const count = window.seen - EQUAL_REFUSALS_RECORDED_MAX;
    if (count <= 0) return;
    this.#ended.push({
      ...window.key,
      projects: [...window.projects].sort(),
      count,
      fromMs: window.startMs,
      untilMs: Math.max(window.startMs, Math.min(window.startMs + REFUSAL_WINDOW_MS, nowMs)),
    });
  }
}

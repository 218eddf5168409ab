import { TelemetryLull } from './telemetry-lull.ts';
import type { Extent, TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import type { TelemetryThread } from './telemetry-thread.ts';

/** Most streams that wait for their files; others are found by who reads them or writes on. */
export const STREAMS_WAITING_MAX = 10_000;
/** How long closing waits for files of what was sealed, in milliseconds. */
export const COMPACTION_CLOSE_MS_MAX = 5_000;

/** Told when files could not be made: reads go on from the log, and it is tried again later. */
export type OnFault = (error: unknown) => void;

/** `left`: they were not tried, since the store closes or too many wait. */
export type Outcome = 'made' | 'failed' | 'left';

interface Job {
  readonly columns: TelemetryStreamColumns;
  extent: Extent;
  readonly done: Promise<Outcome>;
  readonly finish: (outcome: Outcome) => void;
}

interface Later {
  readonly since: number;
  readonly columnsOf: () => TelemetryStreamColumns;
}

/** Makes files of columns in a thread, stream after stream, stretch after stretch. */
export class TelemetryCompactor {
  readonly #thread: TelemetryThread;
  readonly #onFault: OnFault;
  readonly #waiting = new Map<TelemetryStreamColumns, Job>();
  readonly #later = new Map<string, Later>();
  readonly #lull = new TelemetryLull();
  #running: Promise<void> | null = null;
  #runningLater = false;
  #closing = false;

  constructor(thread: TelemetryThread, onFault: OnFault) {
    this.#thread = thread;
    this.#onFault = onFault;
  }

  /** Tells what came of it when the files are made, or could not be. */
  request(columns: TelemetryStreamColumns, extent: Extent): Promise<Outcome> {
    if (this.#closing) return Promise.resolve('left');
    const known = this.#waiting.get(columns);
    if (known !== undefined) {
      if (extent === 'all') known.extent = 'all';
      return known.done;
    }
    if (this.#waiting.size >= STREAMS_WAITING_MAX) return Promise.resolve('left');
    let finish: Job['finish'] = () => {};
    const done = new Promise<Outcome>((resolve) => {
      finish = resolve;
    });
    columns.isBusy = true;
    this.#waiting.set(columns, { columns, extent, done, finish });
    this.#running ??= this.#run();
    return done;
  }

  /**
   * Files of the whole stream, one stream at a time, when nothing more comes to the store for a
   * while: many runs that end at once would else pay for each other's files.
   */
  requestLater(name: string, columnsOf: Later['columnsOf']): void {
    if (this.#closing || this.#later.size >= STREAMS_WAITING_MAX) return;
    if (!this.#later.has(name)) this.#later.set(name, { since: performance.now(), columnsOf });
    if (!this.#runningLater) void this.#runLater();
  }

  noteWrite(): void {
    this.#lull.noteWrite();
  }

  async close(): Promise<void> {
    for (const { columnsOf } of this.#later.values()) void this.request(columnsOf(), 'all');
    this.#later.clear();
    this.#closing = true;
    this.#lull.end();
    for (const [columns, job] of this.#waiting) {
      if (job.extent === 'all') continue;
      this.#waiting.delete(columns);
      job.finish('left');
    }
    const late = Symbol('late');
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, COMPACTION_CLOSE_MS_MAX, late);
    });
    await Promise.race([this.#running, patience]);
    clearTimeout(timer);
    for (const job of this.#waiting.values()) job.finish('left');
    this.#waiting.clear();
    await this.#thread.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (const [columns, job] of this.#waiting) {
      this.#waiting.delete(columns);
      const outcome = await this.#outcomeOf(job);
      columns.isBusy = this.#waiting.has(columns);
      job.finish(outcome);
    }
    this.#running = null;
  }

  async #runLater(): Promise<void> {
    this.#runningLater = true;
    for (const [name, { since, columnsOf }] of this.#later) {
      await this.#lull.waitFor(since);
      // Closing takes them all at once.
      if (!this.#later.delete(name)) break;
      await this.request(columnsOf(), 'all');
    }
    this.#runningLater = false;
  }

  async #outcomeOf(job: Job): Promise<Outcome> {
    try {
      await this.#make(job);
      return 'made';
    } catch (error) {
      if (this.#closing) return 'left';
      this.#onFault(error);
      return 'failed';
    }
  }

  /** Each stretch is looked up anew: while one is made, more of the log may have come. */
  async #make({ columns, extent }: Job): Promise<void> {
    const tried = new Set<number>();
    for (;;) {
      const tasks = await columns.tasks(extent);
      const task = tasks.find(({ stretch }) => !tried.has(stretch.number));
      if (task === undefined) return;
      tried.add(task.stretch.number);
      const place = await columns.makeFolder();
      const made = await this.#thread.ask('make', { ...place, loose: task.loose });
      await columns.replace(task, made);
    }
  }
}

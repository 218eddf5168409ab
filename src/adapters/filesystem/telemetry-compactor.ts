import type { Extent, TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import type { TelemetryThread } from './telemetry-thread.ts';

/** Most streams that wait for their files; others are found by who reads them or writes on. */
export const STREAMS_WAITING_MAX = 10_000;
/** How long closing waits for files of what was sealed, in milliseconds. */
export const COMPACTION_CLOSE_MS_MAX = 5_000;

/** Told when files could not be made: reads go on from the log, and it is tried again later. */
export type OnFault = (error: unknown) => void;

interface Job {
  readonly columns: TelemetryStreamColumns;
  extent: Extent;
  readonly done: Promise<void>;
  readonly finish: () => void;
}

/** Makes files of columns in a thread, stream after stream, stretch after stretch. */
export class TelemetryCompactor {
  readonly #thread: TelemetryThread;
  readonly #onFault: OnFault;
  readonly #waiting = new Map<TelemetryStreamColumns, Job>();
  #running: Promise<void> | null = null;
  #closing = false;

  constructor(thread: TelemetryThread, onFault: OnFault) {
    this.#thread = thread;
    this.#onFault = onFault;
  }

  /** Resolves when the files are made, or could not be. */
  request(columns: TelemetryStreamColumns, extent: Extent): Promise<void> {
    if (this.#closing) return Promise.resolve();
    const known = this.#waiting.get(columns);
    if (known !== undefined) {
      if (extent === 'all') known.extent = 'all';
      return known.done;
    }
    if (this.#waiting.size >= STREAMS_WAITING_MAX) return Promise.resolve();
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    columns.isBusy = true;
    this.#waiting.set(columns, { columns, extent, done, finish });
    this.#running ??= this.#run();
    return done;
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const [columns, job] of this.#waiting) {
      if (job.extent === 'all') continue;
      this.#waiting.delete(columns);
      job.finish();
    }
    const late = Symbol('late');
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, COMPACTION_CLOSE_MS_MAX, late);
    });
    await Promise.race([this.#running, patience]);
    clearTimeout(timer);
    for (const job of this.#waiting.values()) job.finish();
    this.#waiting.clear();
    await this.#thread.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (const [columns, job] of this.#waiting) {
      this.#waiting.delete(columns);
      try {
        await this.#make(job);
      } catch (error) {
        if (!this.#closing) this.#onFault(error);
      }
      columns.isBusy = this.#waiting.has(columns);
      job.finish();
    }
    this.#running = null;
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

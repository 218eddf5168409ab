import { DomainError, invalidInput } from '../../domain/errors.ts';
import {
  COLUMN_STREAMS,
  type ColumnStream,
  type ColumnsVerdict,
  QUESTION_KEYS_MAX,
  SAMPLES_MAX,
  type SampledRows,
  type SampleQuestion,
  type ScannedRows,
  type ScanQuestion,
  type SealedBytes,
  type StepRange,
  type StreamKeys,
  type TelemetryColumns,
} from '../../ports/telemetry-columns.ts';
import type { TelemetryLine } from '../../ports/telemetry-line.ts';
import type { TelemetryCompactor } from './telemetry-compactor.ts';
import { STRETCH_LINES } from './telemetry-index.ts';
import type { Plan } from './telemetry-protocol.ts';
import type { Planned, TelemetryStreamColumns } from './telemetry-stream-columns.ts';
import { SegmentUnreadable, type TelemetryThread } from './telemetry-thread.ts';
import { verifyStream } from './telemetry-verify.ts';

/** When more lines than this are in no file, a reader waits until files are made. */
export const LOOSE_LINES_MAX = 8 * STRETCH_LINES;

export interface ColumnsParts {
  readonly thread: TelemetryThread;
  /** Null where files of columns are only read. */
  readonly compactor: TelemetryCompactor | null;
  columnsOf(run: string, stream: ColumnStream): TelemetryStreamColumns;
  /** Runs work as the store runs its own: checked, counted, its failures named. */
  work<T>(run: string, work: () => Promise<T>): Promise<T>;
}

/** Plans each question against log and files as they are, and has a thread answer it. */
export class FilesystemTelemetryColumns implements TelemetryColumns {
  readonly #parts: ColumnsParts;

  constructor(parts: ColumnsParts) {
    this.#parts = parts;
  }

  sample(run: string, stream: ColumnStream, question: SampleQuestion): Promise<SampledRows> {
    return this.#parts.work(run, () => {
      checkKeys([...question.keys, ...(question.also ?? [])]);
      if (question.keys.length === 0) throw invalidInput('a sample is of one key at least');
      checkCount(question.samples, 'samples');
      checkSteps(question.steps);
      return this.#asked(run, stream, async (planned) => {
        const plan = thinned(planned, question.linesMax);
        const answer = await this.#parts.thread.ask('sample', { plan, question });
        return { ...answer, complete: plan === planned.plan };
      });
    });
  }

  scan(run: string, stream: ColumnStream, question: ScanQuestion): Promise<ScannedRows> {
    return this.#parts.work(run, () => {
      checkKeys(question.keys);
      checkCount(question.limit, 'rows of a page');
      checkSteps(question.steps);
      const ask = ({ plan }: Planned) => this.#parts.thread.ask('scan', { plan, question });
      return this.#asked(run, stream, ask);
    });
  }

  keys(run: string, stream: ColumnStream): Promise<StreamKeys> {
    return this.#parts.work(run, () =>
      this.#asked(run, stream, ({ plan }) => this.#parts.thread.ask('keys', { plan })),
    );
  }

  lines(
    run: string,
    stream: ColumnStream,
    numbers: readonly number[],
  ): Promise<readonly TelemetryLine[]> {
    return this.#parts.work(run, async () => {
      const { log } = this.#columns(run, stream);
      if (numbers.length === 0) return [];
      checkCount(numbers.length, 'lines');
      for (const number of numbers) {
        if (!Number.isSafeInteger(number) || number < 0) throw invalidInput(`no line ${number}`);
      }
      const ascending = [...numbers].sort((a, b) => a - b);
      const chunks = await log.look((index) => index.latestOf(ascending));
      if (chunks.length === 0) return [];
      return this.#parts.thread.ask('lines', { log: log.path, chunks, numbers: ascending });
    });
  }

  verify(run: string, sealed: readonly SealedBytes[] = []): Promise<readonly ColumnsVerdict[]> {
    return this.#parts.work(run, async () => {
      const verdicts: ColumnsVerdict[] = [];
      for (const stream of COLUMN_STREAMS) {
        const columns = this.#columns(run, stream);
        const own = sealed.filter((each) => each.stream === stream);
        const verdict = await verifyStream(this.#parts.thread, columns, own);
        if (verdict !== null) verdicts.push({ stream, ...verdict });
      }
      return verdicts;
    });
  }

  bringUpToDate(run: string): Promise<void> {
    return this.#parts.work(run, async () => {
      const { compactor } = this.#parts;
      if (compactor === null) throw new DomainError('UNAVAILABLE', 'columns are only read here');
      for (const stream of COLUMN_STREAMS) {
        const outcome = await compactor.request(this.#columns(run, stream), 'all');
        if (outcome === 'made') continue;
        const text = `files of columns could not be made of the ${stream} of ${run}`;
        throw new DomainError('UNAVAILABLE', `${text}; the log has every line`);
      }
    });
  }

  /** A file that turns out unreadable is forgotten, and the question asked again without it. */
  async #asked<T>(
    run: string,
    stream: ColumnStream,
    ask: (planned: Planned) => Promise<T>,
  ): Promise<T> {
    const columns = this.#columns(run, stream);
    let planned = await this.#plan(columns);
    for (let left = planned.plan.parts.length; ; left -= 1) {
      try {
        return await ask(planned);
      } catch (error) {
        if (!(error instanceof SegmentUnreadable) || left <= 0) throw error;
        await columns.distrust(error.file);
        planned = await columns.plan();
      }
    }
  }

  async #plan(columns: TelemetryStreamColumns): Promise<Planned> {
    const planned = await columns.plan();
    const { compactor } = this.#parts;
    if (planned.looseLines === 0 || compactor === null) return planned;
    const made = compactor.request(columns, columns.hasGrown ? 'whole' : 'all');
    if (planned.looseLines <= LOOSE_LINES_MAX) return planned;
    await made;
    return columns.plan();
  }

  #columns(run: string, stream: ColumnStream): TelemetryStreamColumns {
    if (!COLUMN_STREAMS.includes(stream)) throw invalidInput(`no stream of rows: ${stream}`);
    return this.#parts.columnsOf(run, stream);
  }
}

/** Parts of the stream that are spread evenly over it and have about so many lines. */
function thinned({ plan, lines }: Planned, linesMax = Number.POSITIVE_INFINITY): Plan {
  if (lines <= linesMax) return plan;
  const { parts } = plan;
  const share = linesMax / lines;
  const count = Math.max(1, Math.floor(parts.length * share));
  if (count >= parts.length) return plan;
  const step = count === 1 ? 0 : (parts.length - 1) / (count - 1);
  const kept = Array.from({ length: count }, (_, at) => Math.round(at * step));
  return { ...plan, parts: parts.filter((_, at) => kept.includes(at)) };
}

function checkKeys(keys: readonly string[]): void {
  if (keys.length <= QUESTION_KEYS_MAX) return;
  const text = `${keys.length} keys are asked for, at most ${QUESTION_KEYS_MAX} at once`;
  throw new DomainError('LIMIT_EXCEEDED', text, { details: { keysMax: QUESTION_KEYS_MAX } });
}

function checkCount(count: number, what: string): void {
  if (!Number.isSafeInteger(count) || count < 1) throw invalidInput(`${count} ${what}`);
  if (count <= SAMPLES_MAX) return;
  const text = `${count} ${what} are asked for, at most ${SAMPLES_MAX} at once`;
  throw new DomainError('LIMIT_EXCEEDED', text, { details: { max: SAMPLES_MAX } });
}

function checkSteps(steps: StepRange | undefined): void {
  if (steps === undefined) return;
  if (Number.isNaN(steps.from) || Number.isNaN(steps.to)) throw invalidInput('no range of steps');
}

import { finishRun, resumeRun } from '../../commands/finish-run.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { TelemetryOperation } from '../../ports/telemetry-store.ts';
import { parseJsonBody } from '../http/request-body.ts';
import { sealedRun } from '../kept-run-files.ts';
import { STREAM_BODY } from './body-limits.ts';
import { requireWrite } from './require-write.ts';
import type { RunActivity } from './run-activity.ts';
import { isOver, isToStop, type RunNames, runOfNames } from './run-lookup.ts';
import { encodedSummary, liveSummaryText } from './run-summary.ts';
import { sharedOperations } from './shared-streams.ts';
import { parseStreamBody, type StreamBody } from './stream-body.ts';
import type { Turns } from './turns.ts';
import { requireThere, submit, type WandbContext } from './wandb-context.ts';

/** What the SDK reads of the answer; `stopped` makes it end the training. */
interface StreamAnswer {
  readonly exitcode: null;
  readonly limits: object;
  readonly stopped?: true;
}
const ANSWER: StreamAnswer = { exitcode: null, limits: {} };
/** What Python ends with when it is interrupted, as the SDK interrupts it for a stop. */
const INTERRUPTED_EXIT_CODE = 255;

export interface FileStreamParts {
  readonly activity: RunActivity;
  /** Of each run, shared with the uploads of its files. */
  readonly turns: Turns;
}

/**
 * Takes rows, console lines and summaries of a run, and its end. Everything is durable before
 * the answer, and the same request sent again changes nothing.
 */
export class FileStream {
  readonly #turns: Turns;
  readonly #activity: RunActivity;

  constructor({ activity, turns }: FileStreamParts) {
    this.#activity = activity;
    this.#turns = turns;
  }

  async take(text: string, names: RunNames, context: WandbContext): Promise<StreamAnswer> {
    // Who may not write has nothing read: a long body takes its time.
    const run = await writableRun(context, names);
    const { id } = run;
    const body = parseStreamBody(parseJsonBody(text, STREAM_BODY));
    if (body.unknown > 0) {
      context.hub.log.warn({ run: id, files: body.unknown }, 'file_stream: files without a stream');
    }
    if (!isOver(run)) await this.#activity.note(id);
    const isNews = body.operations.length > 0 || body.complete || run.props.status === 'CRASHED';
    const now = isNews ? await this.#turns.take(id, () => this.#record(id, body, context)) : run;
    return isToStop(now) ? { ...ANSWER, stopped: true } : ANSWER;
  }

  /** Answers the run as it is then. */
  async #record(id: string, body: StreamBody, context: WandbContext): Promise<NodeRow> {
    const { hub, sharedClient: client } = context;
    const run = await runNow(id, context);
    const over = isOver(run);
    const operations =
      client === null
        ? body.operations.map(({ stream, offset, lines }) => ({ stream, offset, lines }))
        : await sharedOperations(hub, { run: id, client }, body.operations);
    const news = over ? await unknownLines(id, operations, context) : operations;
    // Lines that come after the end: another process of the run is still at work. One that
    // shares the run by its own choice leaves the end to the first.
    const another = over && client === null && news.length > 0;
    // Silence was taken for a crash, and whoever writes shows that it was none.
    const isBack = run.props.status === 'CRASHED' && !body.complete;
    if (another || isBack) await this.#resume(id, isBack ? 'keep' : 'clear', context);
    if (news.length > 0) await hub.telemetry.append(id, news);
    const isEnd = body.complete && (!over || another);
    if (isEnd) await finish(id, body, context);
    return another || isBack || isEnd ? runNow(id, context) : run;
  }

  async #resume(id: string, stopRequest: 'keep' | 'clear', context: WandbContext): Promise<void> {
    await submit(context, resumeRun, { run: id, stopRequest });
    await this.#activity.note(id);
  }
}

async function runNow(id: string, { hub }: WandbContext): Promise<NodeRow> {
  const [run] = await hub.store.get([id]);
  if (!run) throw new DomainError('NOT_FOUND', 'the run is gone');
  requireThere(run);
  return run;
}

async function writableRun(context: WandbContext, names: RunNames): Promise<NodeRow> {
  const { project, run } = await runOfNames(context, names);
  const operation = 'writeFileStream';
  await requireWrite(context, { operation, what: 'writing to the run', project, subject: run });
  return run;
}

/** A client that got no answer sends its last request again, when the run is over already. */
async function unknownLines(
  id: string,
  operations: readonly TelemetryOperation[],
  { hub }: WandbContext,
): Promise<TelemetryOperation[]> {
  const news: TelemetryOperation[] = [];
  for (const operation of operations) {
    const { stream, offset: from, lines } = operation;
    const kept = await hub.telemetry.read(id, stream, { from, to: from + lines.length });
    const same = kept.length === lines.length && kept.every(({ text }, at) => text === lines[at]);
    if (!same) news.push(operation);
  }
  return news;
}

async function finish(id: string, { exitCode }: StreamBody, context: WandbContext) {
  const { hub } = context;
  const text = await liveSummaryText(hub.telemetry, id).catch(nothingOfDamaged);
  const sealed = await sealedRun(hub, id);
  try {
    await submit(context, finishRun, {
      run: id,
      status: exitCode === null || exitCode === 0 ? 'FINISHED' : 'FAILED',
      exitCode,
      ifStopped: exitCode === INTERRUPTED_EXIT_CODE ? 'KILLED' : undefined,
      summary: text === null ? null : encodedSummary(text),
      sealed,
    });
  } catch (error) {
    // Another process ended the run in between, otherwise: what was stated first stays.
    if (!isDomainError(error) || error.code !== 'CONFLICT') throw error;
    hub.log.warn({ run: id, exitCode }, 'the run was ended by another process already');
  }
}

/** The seal names the damaged stream, and the run keeps the summary that is on record. */
function nothingOfDamaged(error: unknown): null {
  if (isDomainError(error) && error.code === 'INTERNAL') return null;
  throw error;
}

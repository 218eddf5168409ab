import { z } from 'zod';
import { invalidInput } from '../../domain/errors.ts';
import type { TelemetryOperation, TelemetryStream } from '../../ports/telemetry-store.ts';

/** Most lines of one request of file_stream. */
export const STREAM_LINES_MAX = 500_000;
/** Most files that one request of file_stream speaks of. */
export const STREAM_FILES_MAX = 64;

const chunk = z.object({
  offset: z
    .number()
    .int()
    .nonnegative()
    .max(Number.MAX_SAFE_INTEGER - STREAM_LINES_MAX),
  content: z.custom<string[]>().superRefine((content, { addIssue }) => {
    const fault = faultOfLines(content);
    if (fault) addIssue({ code: 'custom', ...fault });
  }),
});

/** One fault, not one for each line: a million of them would take minutes to tell. */
function faultOfLines(content: unknown): { readonly message: string; path?: number[] } | null {
  if (!Array.isArray(content)) return { message: 'expected a list of lines' };
  if (content.length > STREAM_LINES_MAX) return { message: `at most ${STREAM_LINES_MAX} lines` };
  const at = content.findIndex((line) => typeof line !== 'string');
  return at < 0 ? null : { message: 'expected a text', path: [at] };
}

/** Counts the files before each of them is looked at. */
function fewFiles(files: unknown): unknown {
  if (Object.keys(files ?? {}).length <= STREAM_FILES_MAX) return files;
  throw invalidInput(`file_stream: at most ${STREAM_FILES_MAX} files in one request`);
}

const bodySchema = z.object({
  files: z.preprocess(fewFiles, z.record(z.string(), chunk).nullish()),
  complete: z.boolean().nullish(),
  exitcode: z.number().int().nullish(),
});

/** Lines for a stream, and the name of the client's file that they are lines of. */
export interface StreamOperation extends TelemetryOperation {
  readonly file: string;
}

/** One request of file_stream, as the hub understands it. */
export interface StreamBody {
  readonly operations: readonly StreamOperation[];
  readonly complete: boolean;
  readonly exitCode: number | null;
  /** How many files the hub has no stream for. */
  readonly unknown: number;
}

const STREAM_OF: Readonly<Record<string, TelemetryStream>> = {
  'wandb-history.jsonl': 'history',
  'wandb-events.jsonl': 'events',
  'wandb-summary.json': 'summary',
};
/** Processes that share a run put their label into the name. */
const CONSOLE_FILE = /^output(_.*)?\.log$/;

/** Reads the body `{files: {name: {offset, content}}, complete, exitcode}`. */
export function parseStreamBody(body: unknown): StreamBody {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = (issue?.path ?? []).map(String).join('.').slice(0, 200);
    throw invalidInput(`file_stream: ${where || 'the body'}: ${issue?.message}`);
  }
  const { files, complete, exitcode } = parsed.data;
  const entries = Object.entries(files ?? {});
  return {
    operations: entries.flatMap(([name, lines]) => operationOf(name, lines)),
    complete: complete ?? false,
    exitCode: exitcode ?? null,
    unknown: entries.filter(([name]) => streamOf(name) === undefined).length,
  };
}

function operationOf(file: string, { offset, content }: z.infer<typeof chunk>): StreamOperation[] {
  const stream = streamOf(file);
  const last = content.at(-1);
  if (stream === undefined || last === undefined) return [];
  // Each line of this file is the whole summary, whatever number the client gives it.
  if (stream === 'summary') return [{ stream, file, offset: 0, lines: [last] }];
  return [{ stream, file, offset, lines: content }];
}

function streamOf(file: string): TelemetryStream | undefined {
  if (CONSOLE_FILE.test(file)) return 'console';
  return Object.hasOwn(STREAM_OF, file) ? STREAM_OF[file] : undefined;
}

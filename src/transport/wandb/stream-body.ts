import { z } from 'zod';
import { invalidInput } from '../../domain/errors.ts';
import type { TelemetryOperation, TelemetryStream } from '../../ports/telemetry-store.ts';

/** Most lines of one request of file_stream. */
export const STREAM_LINES_MAX = 1_000_000;
/** Most files that one request of file_stream speaks of. */
export const STREAM_FILES_MAX = 64;

const chunk = z.object({
  offset: z
    .number()
    .int()
    .nonnegative()
    .max(Number.MAX_SAFE_INTEGER - STREAM_LINES_MAX),
  content: z.array(z.string()).max(STREAM_LINES_MAX),
});
const bodySchema = z.object({
  files: z.record(z.string(), chunk).nullish(),
  complete: z.boolean().nullish(),
  exitcode: z.number().int().nullish(),
});

/** One request of file_stream, as the hub understands it. */
export interface StreamBody {
  readonly operations: readonly TelemetryOperation[];
  readonly complete: boolean;
  readonly exitCode: number | null;
  /** Names of files that the hub has no stream for. */
  readonly unknown: readonly string[];
}

const STREAM_OF: Readonly<Record<string, TelemetryStream>> = {
  'wandb-history.jsonl': 'history',
  'wandb-events.jsonl': 'events',
  'wandb-summary.json': 'summary',
  'output.log': 'console',
};

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
  if (entries.length > STREAM_FILES_MAX) {
    throw invalidInput(`file_stream: at most ${STREAM_FILES_MAX} files in one request`);
  }
  return {
    operations: entries.flatMap(([name, lines]) => operationOf(name, lines)),
    complete: complete ?? false,
    exitCode: exitcode ?? null,
    unknown: entries.map(([name]) => name).filter((name) => !Object.hasOwn(STREAM_OF, name)),
  };
}

function operationOf(
  name: string,
  { offset, content }: z.infer<typeof chunk>,
): TelemetryOperation[] {
  const stream = Object.hasOwn(STREAM_OF, name) ? STREAM_OF[name] : undefined;
  const last = content.at(-1);
  if (stream === undefined || last === undefined) return [];
  // Each line of this file is the whole summary, whatever number the client gives it.
  if (stream === 'summary') return [{ stream, offset: 0, lines: [last] }];
  return [{ stream, offset, lines: content }];
}

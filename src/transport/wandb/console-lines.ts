import { invalidInput } from '../../domain/errors.ts';
import type { Hub } from '../hub.ts';
import {
  PAGE_ENTRIES_DEFAULT,
  PAGE_ENTRIES_MAX,
  type PageArguments,
  pageInfo,
} from './connections.ts';

/** `ERROR 2026-11-24T05:45:21.667513 text`: the SDK puts a level and a time before each line. */
const MARKED_LINE = /^(ERROR )?(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)Z? ([\s\S]*)$/;

export interface ConsoleLine {
  readonly timestamp: string | null;
  readonly level: string;
  readonly label: string;
  readonly line: string;
}

export function parseConsoleLine(text: string): ConsoleLine {
  const marked = MARKED_LINE.exec(text);
  if (!marked) return { timestamp: null, level: 'info', label: '', line: text };
  const [, error, time, line] = marked as unknown as [string, string | undefined, string, string];
  return { timestamp: `${time}Z`, level: error ? 'error' : 'info', label: '', line };
}

/** One page of a run's console. The cursor is the number of the next line. */
export async function consoleLines(
  { telemetry }: Pick<Hub, 'telemetry'>,
  run: string,
  { after, first }: PageArguments,
) {
  if (after && !/^\d{1,15}$/.test(after)) throw invalidInput('the cursor is none of a console');
  const states = await telemetry.states(run);
  const lines = states.find(({ stream }) => stream === 'console')?.lines ?? 0;
  const from = after ? Number(after) : 0;
  const to = Math.min(lines, from + Math.min(first ?? PAGE_ENTRIES_DEFAULT, PAGE_ENTRIES_MAX));
  const read = from < to ? await telemetry.read(run, 'console', { from, to }) : [];
  return {
    edges: read.map(({ number, text }) => ({ node: { number, ...parseConsoleLine(text) } })),
    pageInfo: pageInfo({ endCursor: String(to), hasNextPage: to < lines }),
  };
}

import { parentPort } from 'node:worker_threads';
import { fileError } from './file-errors.ts';
import type { AskMessage, Failure, Handlers, ReplyMessage } from './telemetry-protocol.ts';
import { TelemetryReader } from './telemetry-reader.ts';
import { SegmentFault } from './telemetry-segment.ts';

/*
 * The threads that read streams by key and that make files of columns. Nothing here runs in the
 * thread that answers requests: reading a file and parsing lines hold up whoever does it.
 */

const reader = new TelemetryReader();

const HANDLERS: Handlers = {
  sample: ({ plan, question }) => reader.sample(plan, question),
  scan: ({ plan, question }) => reader.scan(plan, question),
  keys: ({ plan }) => reader.keys(plan),
  lines: (input) => reader.lines(input),
  // Who only reads need not wait for what writes and checks files.
  make: async (input) => (await import('./telemetry-maker.ts')).makeSegments(input),
  compare: async (input) => (await import('./telemetry-compare.ts')).compareSegment(input),
  check: async (input) => (await import('./telemetry-maker.ts')).checkLog(input),
};

let last: Promise<void> = Promise.resolve();

/** One after the other: what they keep is shared, and memory is bounded by one at a time. */
parentPort?.on('message', (message: AskMessage) => {
  last = last.then(() => answer(message));
});

async function answer({ id, operation, input }: AskMessage): Promise<void> {
  const handle = HANDLERS[operation] as (input: unknown) => unknown;
  try {
    reply({ id, output: await handle(input) });
  } catch (error) {
    reply({ id, failure: failureOf(error) });
  }
}

function reply(message: ReplyMessage): void {
  parentPort?.postMessage(message);
}

function failureOf(error: unknown): Failure {
  const { code, message, details } = fileError(error, 'the telemetry store');
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code,
    message,
    details,
    cause,
    segment: error instanceof SegmentFault ? error.file : null,
  };
}

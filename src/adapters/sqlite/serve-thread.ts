import { parentPort } from 'node:worker_threads';
import { failureOf } from './failures.ts';
import type { ReplyMessage, RequestMessage } from './protocol.ts';
import type { Answers } from './thread-link.ts';

/** What a thread answers once it knows its role. */
export type Handlers<A> = { readonly [O in keyof A]?: A[O] };

/** Answers the questions of this thread's link; at first only who it shall be. */
export function serveThread<A extends Answers<A>>(
  start: (role: Parameters<A['open']>[0]) => Handlers<A>,
): void {
  let handlers: Readonly<Record<string, unknown>> = {
    open: (role: Parameters<A['open']>[0]) => {
      handlers = start(role);
      return null;
    },
  };
  parentPort?.on('message', ({ id, operation, input }: RequestMessage) => {
    try {
      const handler = handlers[operation] as ((input: unknown) => unknown) | undefined;
      if (handler === undefined) throw new Error(`this thread does not know ${operation}`);
      reply({ id, output: handler(input) });
    } catch (error) {
      reply({ id, failure: failureOf(error) });
    }
  });
}

function reply(message: ReplyMessage): void {
  const buffers = 'output' in message ? buffersIn(message.output) : [];
  parentPort?.postMessage(message, buffers);
}

/** Packed rows are handed over, not copied. */
function buffersIn(output: unknown): ArrayBuffer[] {
  if (output === null || typeof output !== 'object') return [];
  const parts: unknown[] = Object.values(output).flat();
  return parts.flatMap((part) => (part instanceof Uint8Array ? [part.buffer as ArrayBuffer] : []));
}

import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { RAW_EVENT_BYTES_MAX } from '../../ports/raw-events.ts';
import { checkJsonSize } from '../http/json-limits.ts';
import { type BodyLimits, readBodyBytes } from '../http/request-body.ts';
import { textOfBody } from './read-event.ts';

const MIB = 1024 * 1024;

/** Of one event. */
export const EVENT_BODY: BodyLimits = {
  sentBytesMax: RAW_EVENT_BYTES_MAX,
  inflatedBytesMax: RAW_EVENT_BYTES_MAX,
  valuesMax: 500_000,
};
/** Of a batch. */
export const BATCH_BODY: BodyLimits = {
  sentBytesMax: 16 * MIB,
  inflatedBytesMax: 32 * MIB,
  valuesMax: 2_000_000,
};
/** Most bytes of all bodies together that are in memory, as they come and unpacked. */
export const BODIES_BYTES_MAX = 256 * MIB;

/** Bodies that are being worked on. Small ones unpack to large ones, and many come at once. */
export class Bodies {
  #bytes = 0;

  /** Works with the text of a body; its bytes count until that is done. */
  async with<T>(
    request: FastifyRequest,
    limits: BodyLimits,
    work: (text: string) => Promise<T>,
  ): Promise<T> {
    checkMediaType(request.headers['content-type']);
    const held = { bytes: 0 };
    const hold = (bytes: number) => {
      if (this.#bytes + bytes > BODIES_BYTES_MAX) {
        const text = 'too many events come at once; send it again soon';
        throw new DomainError('BACKPRESSURE', text);
      }
      this.#bytes += bytes;
      held.bytes += bytes;
    };
    try {
      const encoding = request.headers['content-encoding'];
      const stream = counted(request.body as Readable | undefined, hold);
      const bytes = await readBodyBytes({ stream, encoding }, limits);
      hold(bytes.length);
      const text = textOfBody(bytes);
      checkJsonSize(text, limits.valuesMax);
      return await work(text);
    } finally {
      this.#bytes -= held.bytes;
    }
  }
}

async function* counted(
  stream: Readable | undefined,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream ?? []) {
    count((chunk as Buffer).length);
    yield chunk as Buffer;
  }
}

/** JSON in UTF-8, said as clients say it; one that says nothing is believed. */
function checkMediaType(header: string | undefined): void {
  if (header === undefined) return;
  const [type = '', ...parameters] = header.toLowerCase().split(';');
  if (type.trim() !== 'application/json') {
    throw invalidInput(`send application/json, not ${type.trim().slice(0, 100)}`);
  }
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1])
    .find((name) => name !== undefined);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw invalidInput(`send UTF-8, not ${charset.slice(0, 100)}`);
  }
}

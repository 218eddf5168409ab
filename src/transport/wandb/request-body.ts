import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DomainError, invalidInput } from '../../domain/errors.ts';

/** Largest body of a GraphQL or file_stream request as it comes, in bytes. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** Largest body after it was unpacked, in bytes; past it a small body could fill the memory. */
export const INFLATED_BYTES_MAX = 32 * 1024 * 1024;

const inflate = promisify(gunzip);

export interface EncodedBody {
  /** The bytes as they come; undefined when the request has none. */
  readonly stream: Readable | undefined;
  /** Value of the Content-Encoding header. */
  readonly encoding: string | undefined;
}

/** The whole body as text, unpacked. Fails with LIMIT_EXCEEDED or INVALID_INPUT. */
export async function readBody({ stream, encoding }: EncodedBody): Promise<string> {
  const bytes = await collect(stream);
  if (encoding === undefined || encoding === 'identity') return bytes.toString('utf8');
  if (encoding !== 'gzip') throw invalidInput(`the hub reads gzip bodies, not ${encoding} ones`);
  try {
    return (await inflate(bytes, { maxOutputLength: INFLATED_BYTES_MAX })).toString('utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('unpacked', INFLATED_BYTES_MAX);
    }
    throw invalidInput('the body is not gzip data');
  }
}

export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidInput(`the body is malformed JSON: ${(cause as Error).message.slice(0, 120)}`);
  }
}

async function collect(stream: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += (chunk as Buffer).length;
    if (size > BODY_BYTES_MAX) throw tooLarge('sent', BODY_BYTES_MAX);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function tooLarge(how: string, max: number): DomainError {
  return new DomainError('LIMIT_EXCEEDED', `the body as ${how} has more than ${max} bytes`);
}

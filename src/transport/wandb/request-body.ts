import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { checkJsonSize } from './json-limits.ts';

/** How large a body may be. */
export interface BodyLimits {
  /** As it comes, in bytes. */
  readonly sentBytesMax: number;
  /** After it was unpacked, in bytes; past it a small body could fill the memory. */
  readonly inflatedBytesMax: number;
  /** Most values in its JSON. Small values take many times their length to read. */
  readonly valuesMax: number;
}

const MIB = 1024 * 1024;

/** Of a GraphQL request. The SDK's longest name 2,000 files, or hold the metadata of a version. */
export const GRAPHQL_BODY: BodyLimits = {
  sentBytesMax: 8 * MIB,
  inflatedBytesMax: 8 * MIB,
  valuesMax: 100_000,
};

/** Of a request of file_stream. The SDK sends about 10 MiB at once; each line is a value. */
export const STREAM_BODY: BodyLimits = {
  sentBytesMax: 16 * MIB,
  inflatedBytesMax: 32 * MIB,
  valuesMax: 1_000_000,
};

const inflate = promisify(gunzip);

export interface EncodedBody {
  /** The bytes as they come; undefined when the request has none. */
  readonly stream: Readable | undefined;
  /** Value of the Content-Encoding header. */
  readonly encoding: string | undefined;
}

/** The whole body as text, unpacked. Fails with LIMIT_EXCEEDED or INVALID_INPUT. */
export async function readBody(
  { stream, encoding }: EncodedBody,
  { sentBytesMax, inflatedBytesMax }: BodyLimits,
): Promise<string> {
  const bytes = await collect(stream, sentBytesMax);
  if (encoding === undefined || encoding === 'identity') return bytes.toString('utf8');
  if (encoding !== 'gzip') throw invalidInput(`the hub reads gzip bodies, not ${encoding} ones`);
  try {
    return (await inflate(bytes, { maxOutputLength: inflatedBytesMax })).toString('utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('unpacked', inflatedBytesMax);
    }
    throw invalidInput('the body is not gzip data');
  }
}

export function parseJsonBody(text: string, { valuesMax }: BodyLimits): unknown {
  checkJsonSize(text, valuesMax);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidInput(`the body is malformed JSON: ${(cause as Error).message.slice(0, 120)}`);
  }
}

async function collect(stream: Readable | undefined, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += (chunk as Buffer).length;
    if (size > bytesMax) throw tooLarge('sent', bytesMax);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function tooLarge(how: string, max: number): DomainError {
  return new DomainError('LIMIT_EXCEEDED', `the body as ${how} has more than ${max} bytes`);
}

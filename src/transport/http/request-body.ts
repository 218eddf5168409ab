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

export type BodySizes = Pick<BodyLimits, 'sentBytesMax' | 'inflatedBytesMax'>;

const inflate = promisify(gunzip);

export interface EncodedBody {
  /** The bytes as they come; undefined when the request has none. */
  readonly stream: AsyncIterable<Buffer> | undefined;
  /** Value of the Content-Encoding header. */
  readonly encoding: string | undefined;
}

/** The whole body as text, unpacked. Fails with LIMIT_EXCEEDED or INVALID_INPUT. */
export async function readBody(body: EncodedBody, limits: BodySizes): Promise<string> {
  return (await readBodyBytes(body, limits)).toString('utf8');
}

/** The whole body as it is when unpacked. Fails with LIMIT_EXCEEDED or INVALID_INPUT. */
export async function readBodyBytes(
  { stream, encoding }: EncodedBody,
  { sentBytesMax, inflatedBytesMax }: BodySizes,
): Promise<Buffer> {
  const bytes = await collect(stream, sentBytesMax);
  if (encoding === undefined || encoding === 'identity') {
    if (bytes.length > inflatedBytesMax) throw tooLarge('sent', inflatedBytesMax);
    return bytes;
  }
  if (encoding !== 'gzip') throw invalidInput(`the hub reads gzip bodies, not ${encoding} ones`);
  try {
    return await inflate(bytes, { maxOutputLength: inflatedBytesMax });
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

async function collect(
  stream: AsyncIterable<Buffer> | undefined,
  bytesMax: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge('sent', bytesMax);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(how: string, max: number): DomainError {
  return new DomainError('LIMIT_EXCEEDED', `the body as ${how} has more than ${max} bytes`);
}

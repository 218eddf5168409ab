import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Digest } from '../../domain/digest.ts';
import { DomainError, invalidInput, isDomainError } from '../../domain/errors.ts';
import { OBJECT_BYTES_MAX, type PutOptions, type StoredObject } from '../../ports/object-store.ts';

/** Counts and hashes bytes as they come, and refuses those that were not agreed on. */
export class ObjectIntake {
  readonly #options: PutOptions;
  readonly #sizeMax: number;
  readonly #sha256: Hash = createHash('sha256');
  readonly #md5: Hash | null;
  #size = 0;

  constructor(options: PutOptions) {
    this.#options = options;
    this.#sizeMax = Math.min(options.sizeMax ?? OBJECT_BYTES_MAX, OBJECT_BYTES_MAX);
    this.#md5 = options.md5 === 'compute' ? createHash('md5') : null;
  }

  take(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (this.#size > this.#sizeMax) throw objectTooLarge(this.#size, this.#sizeMax);
    this.#sha256.update(chunk);
    this.#md5?.update(chunk);
  }

  finish(): StoredObject {
    const digest: Digest = `sha256:${this.#sha256.digest('hex')}`;
    const expected = this.#options.expect;
    if (expected !== undefined && expected !== digest) {
      throw invalidInput(`the bytes have the digest ${digest}, not ${expected}`, {
        digest,
        expected,
      });
    }
    return { digest, size: this.#size, md5: this.#md5?.digest('base64') ?? null };
  }
}

/**
 * The chunks of a stream, one at a time. A stream that is refused half-way stays open: it may be a
 * request, and its owner still wants to answer before ending it.
 */
export async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  const chunks = stream.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await nextChunk(chunks);
      if (next.done) return;
      if (typeof next.value === 'string') yield Buffer.from(next.value);
      else if (next.value instanceof Uint8Array) yield next.value;
      else throw new DomainError('INTERNAL', 'a stream of objects was given for bytes');
    }
  } finally {
    await chunks.return?.();
  }
}

async function nextChunk(chunks: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
  try {
    return await chunks.next();
  } catch (error) {
    if (isDomainError(error)) throw error;
    throw new DomainError('INVALID_INPUT', 'the stream of bytes was cut off before its end', {
      cause: error,
    });
  }
}

export function objectTooLarge(size: number, sizeMax: number): DomainError {
  return new DomainError('LIMIT_EXCEEDED', `the object has more than ${sizeMax} bytes`, {
    details: { size, sizeMax },
  });
}

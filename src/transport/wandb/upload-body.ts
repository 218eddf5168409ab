import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors.ts';

/**
 * The bytes of an upload. One that says beforehand that it is too large is refused before any of
 * it is read; one that does not say is cut off by the store at the same limit.
 */
export function uploadBody(request: FastifyRequest, bytesMax: number): Readable | Uint8Array {
  const bytes = Number(request.headers['content-length'] ?? 0);
  if (bytes > bytesMax) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `the file has ${bytes} bytes, and the hub takes at most ${bytesMax} in one file of this kind`,
    );
  }
  return (request.body as Readable | undefined) ?? new Uint8Array();
}

/** The same as a stream, also where nothing was sent. */
export function uploadStream(request: FastifyRequest, bytesMax: number): Readable {
  const body = uploadBody(request, bytesMax);
  return body instanceof Readable ? body : Readable.from([Buffer.from(body)]);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Digest } from '../../domain/digest.ts';
import { DomainError } from '../../domain/errors.ts';
import type { ByteRange } from '../../ports/object-store.ts';
import type { Hub } from '../hub.ts';

const RANGE = /^bytes=(\d{1,16})-(\d{1,16})?$/;

/** Sends an object, or the one range of it that the request asks for. */
export async function sendObject(
  hub: Hub,
  { digest, name }: { readonly digest: string; readonly name: string },
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const size = await hub.objects.size(digest as Digest);
  if (size === null) throw new DomainError('NOT_FOUND', 'the hub does not hold these bytes');
  const range = rangeOf(request.headers.range, size);
  if (range === 'none') {
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  const stream = await hub.objects.open(digest as Digest, range);
  if (stream === null) throw new DomainError('NOT_FOUND', 'the hub does not hold these bytes');
  reply
    .code(range ? 206 : 200)
    .header('content-type', 'application/octet-stream')
    .header('content-length', String(range ? range.end - range.start + 1 : size))
    .header('content-disposition', dispositionOf(name))
    .header('x-content-type-options', 'nosniff')
    .header('accept-ranges', 'bytes');
  if (range) reply.header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  return reply.send(stream);
}

/** What was uploaded by one person must not run as a page in another's browser. */
function dispositionOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return `attachment; filename*=UTF-8''${encodeURIComponent(last)}`;
}

/** The asked range; undefined for the whole; `none` when it lies outside of the object. */
function rangeOf(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const parts = header === undefined ? null : RANGE.exec(header);
  if (!parts) return undefined;
  const start = Number(parts[1]);
  const end = Math.min(parts[2] === undefined ? size - 1 : Number(parts[2]), size - 1);
  return start > end ? 'none' : { start, end };
}

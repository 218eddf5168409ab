import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Digest } from '../../domain/digest.ts';
import { DomainError } from '../../domain/errors.ts';
import type { ByteRange } from '../../ports/object-store.ts';
import type { Hub } from '../hub.ts';

const RANGE = /^bytes=(\d{0,16})-(\d{0,16})$/;

/**
 * Sends an object, or the one range of it that the request asks for, so that a download that was
 * cut off goes on where it stopped. An object never changes: its digest is its entity tag.
 */
export async function sendObject(
  hub: Hub,
  { digest, name }: { readonly digest: string; readonly name: string },
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const size = await hub.objects.size(digest as Digest);
  if (size === null) throw new DomainError('NOT_FOUND', 'the hub does not hold these bytes');
  const tag = `"${digest}"`;
  const range = rangeOf(request.headers, { size, tag });
  if (range === 'none') {
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  if (request.headers['if-none-match'] === tag) return reply.code(304).header('etag', tag).send();
  const stream = await hub.objects.open(digest as Digest, range);
  if (stream === null) throw new DomainError('NOT_FOUND', 'the hub does not hold these bytes');
  reply
    .code(range ? 206 : 200)
    .header('content-type', 'application/octet-stream')
    .header('content-length', String(range ? range.end - range.start + 1 : size))
    .header('content-disposition', dispositionOf(name))
    .header('x-content-type-options', 'nosniff')
    .header('accept-ranges', 'bytes')
    .header('etag', tag);
  if (range) reply.header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  return reply.send(stream);
}

/** What was uploaded by one person must not run as a page in another's browser. */
function dispositionOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return `attachment; filename*=UTF-8''${encodeURIComponent(last)}`;
}

/**
 * The asked range; undefined for the whole; `none` when it lies outside of the object. A range of
 * what has another tag, or that is none, is no range: the whole is sent, as RFC 9110 wants it.
 */
function rangeOf(
  headers: FastifyRequest['headers'],
  { size, tag }: { readonly size: number; readonly tag: string },
): ByteRange | 'none' | undefined {
  const condition = headers['if-range'];
  const parts = headers.range === undefined ? null : RANGE.exec(headers.range);
  if (!parts || (condition !== undefined && condition !== tag)) return undefined;
  const [, from = '', to = ''] = parts;
  if (from === '' && to === '') return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start > end ? 'none' : { start, end };
}

import { createHash } from 'node:crypto';
import type { Digest } from '../../domain/digest.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Hub } from '../hub.ts';

const ROOM = 'upload-file';

/**
 * Base64 MD5 of an object, which the SDK checks what it downloads by. It is worked out once for
 * bytes that came by another door, and then known.
 */
export async function md5OfObject(
  { objects, operational }: Pick<Hub, 'objects' | 'operational'>,
  digest: Digest,
): Promise<string> {
  const key = `md5/${digest}`;
  const known = await operational.get(ROOM, key);
  if (known !== null) return known;
  const stream = await objects.open(digest);
  if (stream === null) throw new DomainError('INTERNAL', `the object ${digest} is missing`);
  const hash = createHash('md5');
  for await (const chunk of stream) hash.update(chunk as Buffer);
  const md5 = hash.digest('base64');
  await operational.put(ROOM, [{ key, value: md5 }]);
  return md5;
}

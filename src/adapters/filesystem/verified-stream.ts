import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import type { Digest } from '../../domain/digest.ts';
import { DomainError } from '../../domain/errors.ts';

/**
 * The bytes of an object as they pass, with the last block held back until the digest is known to
 * be right: who reads damaged bytes gets an error and never a whole object.
 */
export function verified(source: Readable, digest: Digest): Readable {
  const hash = createHash('sha256');
  let held: Buffer | null = null;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      const before = held;
      held = chunk;
      done(null, before ?? undefined);
    },
    flush(done) {
      const found: Digest = `sha256:${hash.digest('hex')}`;
      if (found === digest) done(null, held ?? undefined);
      else done(new DomainError('INTERNAL', `the object ${digest} is damaged`));
    },
  });
  // The error reaches the reader through the stream that is returned.
  pipeline(source, check, () => undefined);
  return check;
}

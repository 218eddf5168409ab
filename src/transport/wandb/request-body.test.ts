import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BODY_BYTES_MAX, INFLATED_BYTES_MAX, parseJsonBody, readBody } from './request-body.ts';

const bodyOf = (bytes: Buffer, encoding?: string) => ({ stream: Readable.from([bytes]), encoding });

describe('the body of a request', () => {
  it('is read as it is, or unpacked', async () => {
    expect(await readBody(bodyOf(Buffer.from('{"a":"ü"}')))).toBe('{"a":"ü"}');
    expect(await readBody(bodyOf(gzipSync('{"a":1}'), 'gzip'))).toBe('{"a":1}');
    expect(await readBody({ stream: undefined, encoding: undefined })).toBe('');
  });

  it('may not be longer than the limit', async () => {
    const long = bodyOf(Buffer.alloc(BODY_BYTES_MAX + 1));
    await expect(readBody(long)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('may not unpack to more than the limit', async () => {
    const bomb = bodyOf(gzipSync(Buffer.alloc(INFLATED_BYTES_MAX + 1)), 'gzip');
    await expect(readBody(bomb)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('must be what its header says', async () => {
    const wrong = readBody(bodyOf(Buffer.from('plain'), 'gzip'));
    await expect(wrong).rejects.toThrow(/not gzip data/);
    await expect(readBody(bodyOf(Buffer.from('x'), 'br'))).rejects.toThrow(/not br/);
  });

  it('of malformed JSON is refused with the fault', () => {
    expect(() => parseJsonBody('{"a":')).toThrow(/malformed JSON/);
  });
});

import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GRAPHQL_BODY } from '../wandb/body-limits.ts';
import { type EncodedBody, parseJsonBody, readBody } from './request-body.ts';

const bodyOf = (bytes: Buffer, encoding?: string) => ({ stream: Readable.from([bytes]), encoding });
const read = (body: EncodedBody) => readBody(body, GRAPHQL_BODY);

describe('the body of a request', () => {
  it('is read as it is, or unpacked', async () => {
    expect(await read(bodyOf(Buffer.from('{"a":"ü"}')))).toBe('{"a":"ü"}');
    expect(await read(bodyOf(gzipSync('{"a":1}'), 'gzip'))).toBe('{"a":1}');
    expect(await read({ stream: undefined, encoding: undefined })).toBe('');
  });

  it('may not be longer than the limit', async () => {
    const long = bodyOf(Buffer.alloc(GRAPHQL_BODY.sentBytesMax + 1));
    await expect(read(long)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('may not unpack to more than the limit', async () => {
    const bomb = bodyOf(gzipSync(Buffer.alloc(GRAPHQL_BODY.inflatedBytesMax + 1)), 'gzip');
    await expect(read(bomb)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('must be what its header says', async () => {
    const wrong = read(bodyOf(Buffer.from('plain'), 'gzip'));
    await expect(wrong).rejects.toThrow(/not gzip data/);
    await expect(read(bodyOf(Buffer.from('x'), 'br'))).rejects.toThrow(/not br/);
  });

  it('of malformed JSON is refused with the fault', () => {
    expect(() => parseJsonBody('{"a":', GRAPHQL_BODY)).toThrow(/malformed JSON/);
  });
});

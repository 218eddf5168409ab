import { describe, expect, it } from 'vitest';
import { hexOf, isDigest, sha256 } from './digest.ts';

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('digests', () => {
  it('are SHA-256 of bytes, or of the UTF-8 bytes of a text', () => {
    expect(sha256('')).toBe(`sha256:${EMPTY}`);
    expect(sha256('é')).toBe(sha256(Buffer.from([0xc3, 0xa9])));
    expect(hexOf(sha256(new Uint8Array()))).toBe(EMPTY);
  });

  it.each([
    [`sha256:${EMPTY}`, true],
    [EMPTY, false],
    [`sha256:${EMPTY.toUpperCase()}`, false],
    [`sha256:${EMPTY}0`, false],
    [`sha256:${EMPTY.slice(1)}`, false],
    [`sha256:${EMPTY}\n`, false],
    [`sha512:${EMPTY}`, false],
    ['', false],
  ])('%j is one: %s', (text, is) => {
    expect(isDigest(text)).toBe(is);
  });
});

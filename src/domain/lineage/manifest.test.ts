import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, sha256 } from '../digest.ts';
import {
  FILE_PATH_BYTES_MAX,
  isStoredFile,
  type ManifestFile,
  parseManifest,
  sealManifest,
} from './manifest.ts';

const stored = (path: string, content = ''): ManifestFile => ({
  path,
  size: content.length,
  sha256: sha256(content),
});
const invalid = (message: string | RegExp) =>
  expect.objectContaining({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(message),
  });

describe('sealManifest', () => {
  it('computes the identity that another program computed, for ever', () => {
    const { digest, bytes, totalSize } = sealManifest([
      { path: '\u{10000}', size: null, ref: 's3://bucket/key?v=1', refDigest: 'etag:abc' },
      stored('\uffff'),
      stored('a.txt', 'a'),
    ]);
    expect(digest).toBe('sha256:695d18a6c318e7be99dec2940bb82a22697b6c2e8b22f0e59119b4ab4d797398');
    expect(bytes.toString()).toBe(
      '{"files":[{"path":"a.txt","sha256":"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e' +
        '72b9807785afee48bb","size":1},{"path":"\uffff","sha256":"sha256:e3b0c44298fc1c149afbf4c8' +
        '996fb92427ae41e4649b934ca495991b7852b855","size":0},{"path":"𐀀","ref":"s3://bucket/key' +
        '?v=1","refDigest":"etag:abc","size":null}],"v":1}',
    );
    expect(totalSize).toBe(1);
    expect(sealManifest([]).digest).toBe(
      'sha256:562da8d95194e15d544abefaf29db5a4873fde5b51474c70d61f070697f130c7',
    );
  });

  it('orders paths by their UTF-8 bytes: U+FFFF before U+10000, unlike JavaScript', () => {
    const paths = ['b', '\u{10000}', 'a/b', 'a', '\uffff', 'a.b', 'A', 'é', 'e\u0301', 'a0'];
    expect(['\u{10000}', '\uffff'].sort()).toEqual(['\u{10000}', '\uffff']);
    expect(pathsOf(paths.map((path) => stored(path)))).toEqual([
      'A',
      'a',
      'a.b',
      'a/b',
      'a0',
      'b',
      'e\u0301',
      'é',
      '\uffff',
      '\u{10000}',
    ]);
  });

  it('gives one digest to the same files in any order, and leaves the list alone', () => {
    const files = fc.uniqueArray(fc.stringMatching(/^[a-z\u{1f600}\uffff]{1,3}$/u), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(files, (paths) => {
        const list = Object.freeze(paths.map((path) => stored(path, path)));
        const sealed = sealManifest(list);
        expect(sealManifest([...list].reverse()).digest).toBe(sealed.digest);
        expect(parseManifest(sealed.bytes)).toEqual(sealed.manifest);
        expect(sealed.digest).toBe(sha256(sealed.bytes));
        const order = sealed.manifest.files.map(({ path }) => Buffer.from(path));
        expect([...order].sort(Buffer.compare)).toEqual(order);
      }),
    );
  });

  it('gives other digests to other paths, sizes and contents', () => {
    const digests = [
      [],
      [stored('a')],
      [stored('b')],
      [stored('a', 'x')],
      [{ ...stored('a'), size: 1 }],
      [stored('a'), stored('b')],
      [{ path: 'a', size: 0, ref: 'x', refDigest: sha256('') }],
      [{ path: 'a', size: null, ref: 'x', refDigest: sha256('') }],
      [{ path: 'a', size: null, ref: 'y', refDigest: sha256('') }],
    ].map((files) => sealManifest(files).digest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('takes only the known fields of a file', () => {
    const file = { ...stored('a'), owner: 'Ada' } as unknown as ManifestFile;
    expect(sealManifest([file]).bytes.toString()).not.toContain('Ada');
  });

  it('refuses two files with one path', () => {
    const files = [stored('b'), stored('a'), stored('b', 'other')];
    expect(() => sealManifest(files)).toThrow(invalid('two files have the path "b"'));
    expect(() => sealManifest([stored('é'), stored('e\u0301')])).not.toThrow();
  });

  it.each(['/', '/etc/passwd', 'a//b', 'a/', '..', '../a', 'a/../b', 'a/..', '.', './a', 'a/./b'])(
    'refuses the path %j',
    (path) => {
      expect(() => sealManifest([stored(path)])).toThrow(invalid('not a relative path'));
    },
  );

  it.each([
    ['', 'a path has 1 to 4096 bytes, not 0'],
    ['é'.repeat(FILE_PATH_BYTES_MAX / 2 + 1), 'a path has 1 to 4096 bytes, not 4098'],
    ['a\0b', 'a path holds a NUL character'],
    ['a\ud800', 'half of a surrogate pair'],
  ])('refuses the path %.20j: %s', (path, fault) => {
    expect(() => sealManifest([stored(path)])).toThrow(invalid(fault));
  });

  it.each(['...', '.hidden', 'a..b', 'a\\b', 'C:', 'a b', '\u202e', '-rf', '~'])(
    'takes the path %j',
    (path) => {
      expect(pathsOf([stored(path)])).toEqual([path]);
    },
  );

  it.each([-1, 1.5, Number.NaN, 2 ** 53, null as never, '1' as never])(
    'refuses the size %s of a stored file',
    (size) => {
      expect(() => sealManifest([{ ...stored('a'), size }])).toThrow(invalid('no byte count'));
    },
  );

  it('refuses sizes that add up to more than can be counted', () => {
    const files = [1, 2].map((n) => ({ ...stored(`a${n}`), size: Number.MAX_SAFE_INTEGER }));
    expect(() => sealManifest(files)).toThrow(invalid('add up to more than'));
  });

  it.each(['', 'abc', `sha256:${'A'.repeat(64)}`, `md5:${'0'.repeat(32)}`])(
    'refuses the digest %j',
    (digest) => {
      const file = { path: 'a', size: 0, sha256: digest as Digest };
      expect(() => sealManifest([file])).toThrow(invalid('is not sha256:<64 hex>'));
    },
  );

  it('refuses references and their digests that no store can hold', () => {
    const file = { path: 'a', size: null, ref: 's3://b/k', refDigest: 'etag:1' };
    expect(isStoredFile(file)).toBe(false);
    expect(() => sealManifest([{ ...file, ref: 'a\0' }])).toThrow(
      invalid('a reference holds a NUL'),
    );
    expect(() => sealManifest([{ ...file, refDigest: '\ud800' }])).toThrow(
      invalid("a reference's digest holds half"),
    );
    expect(() => sealManifest([{ ...file, size: -1 }])).toThrow(invalid('no byte count'));
  });
});

function pathsOf(files: readonly ManifestFile[]): string[] {
  return sealManifest(files).manifest.files.map(({ path }) => path);
}

import { describe, expect, it } from 'vitest';
import { parseWandbManifest, wandbDigest, writeWandbManifest } from './wandb-manifest.ts';

const bytesOf = (manifest: unknown) => Buffer.from(JSON.stringify(manifest));
const manifestOf = (contents: unknown) =>
  bytesOf({ version: 1, storagePolicy: 'p', writer: 'alice', contents });

describe('a manifest in wandb form', () => {
  it('is read without paths of the disk of the one who sent it', () => {
    const { files, text } = parseWandbManifest(
      manifestOf({
        'b.txt': {
          digest: 'bbb=',
          size: 2,
          local_path: '/home/alice/b',
          by: 'alice',
          birthArtifactID: 'QQ==',
        },
        'a.txt': { digest: 's3://bucket/a', size: 1, ref: 's3://bucket/a', extra: { etag: 'x' } },
      }),
    );
    expect(files).toEqual([
      {
        path: 'a.txt',
        digest: 's3://bucket/a',
        size: 1,
        ref: 's3://bucket/a',
        birthArtifact: null,
      },
      { path: 'b.txt', digest: 'bbb=', size: 2, ref: null, birthArtifact: 'QQ==' },
    ]);
    expect(text).not.toContain('alice');
    expect(JSON.parse(text).contents['a.txt'].extra).toEqual({ etag: 'x' });
    expect(JSON.parse(text).storagePolicy).toBe('p');
  });

  it('has the digest that the SDK computes', () => {
    // wandb.Artifact("x", type="t") with a.txt = "aaa" and ü.txt = "bbb", digest by wandb 0.31.0.
    const files = [
      { path: 'ü.txt', digest: 'CPjgJgxkQYUQzvsrBu7lzQ==' },
      { path: 'a.txt', digest: 'R7zlx09Yn0hn29V+nKn4CA==' },
    ];
    expect(wandbDigest(files)).toBe(wandbDigest([...files].reverse()));
    expect(wandbDigest(files)).toBe('c0e2f967cc9ca49fa2dea17a0cb57339');
  });

  it('sorts names as Python does, by code points', () => {
    const contents = { '\u{1f600}': { digest: 'a' }, '\uff5e': { digest: 'b' } };
    const { files } = parseWandbManifest(manifestOf(contents));
    expect(files.map(({ path }) => path)).toEqual(['\uff5e', '\u{1f600}']);
  });

  it.each([
    [[], /no JSON object/],
    [{ version: 1 }, /contents/],
    [{ version: 2, contents: {} }, /version 1/],
    [{ version: 1, contents: { a: 1 } }, /"a" is no object/],
    [{ version: 1, contents: { a: { size: 1 } } }, /"a" has no digest/],
  ])('of another form is refused', (manifest, fault) => {
    expect(() => parseWandbManifest(bytesOf(manifest))).toThrow(fault);
  });

  it('can be written for a version that came by another door', () => {
    const file = { path: 'a', digest: 'd==', size: 3, ref: null, birthArtifact: null };
    const { files } = parseWandbManifest(Buffer.from(writeWandbManifest([file])));
    expect(files).toEqual([file]);
  });
});

import { expect, test } from 'vitest';
import type { ManifestFile } from '../domain/lineage/manifest.ts';
import { compareFiles } from './compare-files.ts';

const stored = (path: string, digit: string, size = 1): ManifestFile => ({
  path,
  size,
  sha256: `sha256:${digit.repeat(64)}`,
});
const referenced = (path: string, ref: string, refDigest = 'e', size: number | null = 1) =>
  ({ path, size, ref, refDigest }) satisfies ManifestFile;

test('files are added, removed, changed or the same by their paths', () => {
  const a = [stored('a', '1'), stored('b', '1'), stored('c', '1'), referenced('d', 's3://x')];
  const b = [stored('b', '2'), stored('c', '1'), referenced('d', 's3://x'), stored('z', '1')];
  expect(compareFiles(a, b)).toEqual({
    equalCount: 2,
    differences: [
      { path: 'a', change: 'REMOVED', a: a[0], b: null },
      { path: 'b', change: 'CHANGED', a: a[1], b: b[0] },
      { path: 'z', change: 'ADDED', a: null, b: b[3] },
    ],
  });
});

test.each([
  [stored('x', '1'), referenced('x', 's3://x')],
  [referenced('x', 's3://x'), referenced('x', 's3://y')],
  [referenced('x', 's3://x', 'e'), referenced('x', 's3://x', 'f')],
  [referenced('x', 's3://x', 'e', null), referenced('x', 's3://x', 'e', 2)],
])('%j and %j differ', (a, b) => {
  expect(compareFiles([a], [b])).toMatchObject({ equalCount: 0, differences: [{ a, b }] });
});

test('two empty lists have nothing that differs', () => {
  expect(compareFiles([], [])).toEqual({ differences: [], equalCount: 0 });
});

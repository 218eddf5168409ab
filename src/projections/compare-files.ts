import { isStoredFile, type ManifestFile } from '../domain/lineage/manifest.ts';
import { type ComparedChange, changeOf } from './compare-values.ts';

/** A file that one of two versions lists, or that both list with another content. */
export interface FileDifference {
  readonly path: string;
  readonly change: ComparedChange;
  readonly a: ManifestFile | null;
  readonly b: ManifestFile | null;
}

export interface FileComparison {
  /** Those of the first version in its order, then what the second adds. */
  readonly differences: readonly FileDifference[];
  readonly equalCount: number;
}

/** Compares two lists of files by path. A file that was moved is removed and added. */
export function compareFiles(
  a: readonly ManifestFile[],
  b: readonly ManifestFile[],
): FileComparison {
  const others = new Map(b.map((file) => [file.path, file]));
  const differences: FileDifference[] = [];
  let equalCount = 0;
  for (const file of a) {
    const other = others.get(file.path);
    others.delete(file.path);
    if (other && isSameFile(file, other)) equalCount += 1;
    else differences.push(differenceOf(file, other));
  }
  for (const file of others.values()) differences.push(differenceOf(undefined, file));
  return { differences, equalCount };
}

function differenceOf(a: ManifestFile | undefined, b: ManifestFile | undefined): FileDifference {
  const path = a?.path ?? b?.path ?? '';
  return { path, change: changeOf(a, b), a: a ?? null, b: b ?? null };
}

/** By digest; a file that stays elsewhere by its address and what that place says of it. */
function isSameFile(a: ManifestFile, b: ManifestFile): boolean {
  if (isStoredFile(a) || isStoredFile(b)) {
    return isStoredFile(a) && isStoredFile(b) && a.sha256 === b.sha256;
  }
  return a.ref === b.ref && a.refDigest === b.refDigest && a.size === b.size;
}

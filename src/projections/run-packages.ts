import { type Digest, isDigest } from '../domain/digest.ts';
import { DomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type InstalledPackage, parsePackageList } from '../domain/lineage/package-list.ts';
import type { Json, JsonObject } from '../domain/values/value.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Largest list of packages that is kept, in bytes. */
export const PACKAGE_LIST_BYTES_MAX = 8 * 1024 * 1024;

/** What a run's fact says of the list of its packages. */
export interface RecordedPackages {
  readonly digest: Digest;
  readonly count: number;
  readonly omitted: number;
}

/** Null when no list of the run's packages is on record. */
export function recordedPackages({ props }: Pick<NodeRow, 'props'>): RecordedPackages | null {
  const { digest, count, omitted } = (props.packages ?? {}) as JsonObject;
  if (typeof digest !== 'string' || !isDigest(digest)) return null;
  return { digest, count: Number(count), omitted: Number(omitted) };
}

/** The packages of a run by name, or null when no list of them is on record. */
export async function packagesOfRun(
  run: Pick<NodeRow, 'name' | 'props'>,
  objects: ObjectStore,
): Promise<readonly InstalledPackage[] | null> {
  const recorded = recordedPackages(run);
  if (recorded === null) return null;
  const bytes = await objects.read(recorded.digest, PACKAGE_LIST_BYTES_MAX);
  if (bytes === null) {
    const text = `the list of packages ${recorded.digest} of ${run.name} is missing`;
    throw new DomainError('INTERNAL', text);
  }
  return parsePackageList(bytes.toString('utf8')).packages;
}

/** A version for each name; of a name that is installed twice both. */
export function versionsByName(packages: readonly InstalledPackage[]): Map<string, Json> {
  const versions = new Map<string, string>();
  for (const { name, version } of packages) {
    const before = versions.get(`/${name}`);
    versions.set(`/${name}`, before === undefined ? version : `${before}, ${version}`);
  }
  return versions;
}

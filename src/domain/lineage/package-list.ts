import { type Digest, sha256 } from '../digest.ts';
import { compareText } from './graph-rows.ts';

/** Most packages of one list. */
export const PACKAGES_MAX = 20_000;
/** Longest name or version, in characters. */
const PART_LENGTH_MAX = 256;

/** A package as it was installed. */
export interface InstalledPackage {
  /** Normalised by PEP 503: lower case, words joined by single hyphens. */
  readonly name: string;
  readonly version: string;
}

export interface PackageList {
  /** By name, then version; each once. */
  readonly packages: readonly InstalledPackage[];
  /** Lines that name no package with a version: options, addresses, more than PACKAGES_MAX. */
  readonly omitted: number;
}

const PINNED =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*===?\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*)$/;

/** Reads the lines `name==version`, as pip freeze prints them. Comments say nothing. */
export function parsePackageList(text: string): PackageList {
  const found = new Map<string, InstalledPackage>();
  let omitted = 0;
  for (const line of text.split(/\r?\n/)) {
    const stated = line.trim();
    if (stated === '' || stated.startsWith('#')) continue;
    const one = packageOf(stated);
    if (one === null || found.size >= PACKAGES_MAX) omitted += 1;
    else found.set(lineOf(one), one);
  }
  const lines = [...found].sort(([a], [b]) => compareText(a, b));
  return { packages: lines.map(([, one]) => one), omitted };
}

/** The canonical text of a list: equal lists have equal texts, in whatever order they came. */
export function packageListText({ packages }: Pick<PackageList, 'packages'>): string {
  return packages.map((one) => `${lineOf(one)}\n`).join('');
}

export function packageListDigest(list: Pick<PackageList, 'packages'>): Digest {
  return sha256(packageListText(list));
}

/** The name by which package indexes know a package, whatever way it is spelled. */
export function normalisedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

function packageOf(line: string): InstalledPackage | null {
  if (line.length > 2 * PART_LENGTH_MAX) return null;
  const [, name, version] = PINNED.exec(line) ?? [];
  return name && version ? { name: normalisedName(name), version } : null;
}

function lineOf({ name, version }: InstalledPackage): string {
  return `${name}==${version}`;
}

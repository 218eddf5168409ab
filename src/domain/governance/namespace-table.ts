import { invalidInput, isDomainError } from '../errors.ts';
import { checkNamespace } from '../lineage/named-dataset.ts';
import { type ProjectName, parseProjectPath } from '../lineage/names.ts';
import { checkName } from '../values/text.ts';

/** Most entries of policies/namespaces.yaml. */
export const NAMESPACE_ENTRIES_MAX = 10_000;

/** Which project a namespace of datasets belongs to. */
export interface NamespaceTable {
  /** Null for a namespace that belongs to whoever writes there: to each project its own. */
  ownerOf(namespace: string): ProjectName | null;
}

/** Either the table, or everything that is wrong with it. */
export type CheckedNamespaceTable =
  | { readonly namespaces: NamespaceTable; readonly faults?: undefined }
  | { readonly faults: readonly string[] };

/** One entry: a namespace, or with `*` at its end all that start so. */
interface Entry {
  readonly pattern: string;
  readonly project: ProjectName;
}

const FIELDS: readonly string[] = ['namespace', 'project'];

/**
 * Checks what policies/namespaces.yaml says: `namespaces`, a list of entries with a `namespace`
 * and the `project` that it belongs to. Two entries for one namespace are refused, whatever they
 * say: who owns something must not depend on the order of lines.
 */
export function checkNamespaceTable(document: unknown): CheckedNamespaceTable {
  const rows = isObject(document) ? document.namespaces : undefined;
  if (!Array.isArray(rows)) return { faults: ['namespaces: a list is needed, [] for none'] };
  if (rows.length > NAMESPACE_ENTRIES_MAX) {
    return { faults: [`namespaces: at most ${NAMESPACE_ENTRIES_MAX} entries, not ${rows.length}`] };
  }
  const faults = Object.keys(document as object)
    .filter((field) => field !== 'namespaces')
    .map((field) => `${field}: there is no such field; there is namespaces`);
  const entries = rows.map((row: unknown, at) => entryOf(row, `namespaces[${at}]`, faults));
  const places = new Map<string, number>();
  entries.forEach((entry, at) => {
    if (entry === null) return;
    const before = places.get(entry.pattern);
    if (before === undefined) places.set(entry.pattern, at);
    else {
      const shown = JSON.stringify(entry.pattern);
      faults.push(`namespaces[${at}].namespace: ${shown} stands at namespaces[${before}] already`);
    }
  });
  if (faults.length > 0) return { faults };
  return { namespaces: tableOf(entries.filter((entry) => entry !== null)) };
}

/** An exact entry wins over every pattern, and of patterns the longest. */
function tableOf(entries: readonly Entry[]): NamespaceTable {
  const exact = new Map<string, ProjectName>();
  const starts = new Map<string, ProjectName>();
  for (const { pattern, project } of entries) {
    if (pattern.endsWith('*')) starts.set(pattern.slice(0, -1), project);
    else exact.set(pattern, project);
  }
  const lengths = [...new Set([...starts.keys()].map(({ length }) => length))];
  lengths.sort((a, b) => b - a);
  return {
    ownerOf: (given) => {
      const namespace = checkNamespace(given);
      const own = exact.get(namespace);
      if (own !== undefined) return own;
      for (const length of lengths) {
        const found = length <= namespace.length && starts.get(namespace.slice(0, length));
        if (found) return found;
      }
      return null;
    },
  };
}

function entryOf(row: unknown, at: string, faults: string[]): Entry | null {
  if (!isObject(row)) {
    faults.push(`${at}: an entry with namespace and project is needed`);
    return null;
  }
  for (const field of Object.keys(row)) {
    if (!FIELDS.includes(field)) faults.push(`${at}.${field}: there is no such field`);
  }
  const pattern = checked(row.namespace, patternOf, { at: `${at}.namespace`, faults });
  const project = checked(row.project, parseProjectPath, { at: `${at}.project`, faults });
  return pattern === null || project === null ? null : { pattern, project };
}

/** A pattern is cut where somebody wrote it, so only whole namespaces lose a slash at the end. */
function patternOf(text: string): string {
  const name = checkName(text, 'the namespace');
  const star = name.indexOf('*');
  if (star < 0) return checkNamespace(name);
  if (star < name.length - 1) throw invalidInput('"*" stands at the end, once');
  return name;
}

interface FaultPlace {
  readonly at: string;
  readonly faults: string[];
}

function checked<T>(
  value: unknown,
  check: (text: string) => T,
  { at, faults }: FaultPlace,
): T | null {
  if (typeof value !== 'string') {
    faults.push(`${at}: a text is needed`);
    return null;
  }
  try {
    return check(value);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    faults.push(`${at}: ${error.message}`);
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

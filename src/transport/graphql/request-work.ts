import { DomainError } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { MANIFEST_FILES_MAX } from '../../domain/lineage/manifest.ts';
import { HISTORY_LINES_ALWAYS } from '../../projections/metric-history.ts';

/** Most files that the manifests of one request list together: as many as one of them may. */
export const FILES_A_REQUEST_MAX = MANIFEST_FILES_MAX;
/** Most lines of metric histories that one request looks at, counted for each metric anew. */
export const HISTORY_LINES_A_REQUEST_MAX = 20_000_000;

/** Work of a request that no cost of its fields foretells, since it grows with what is there. */
export class RequestWork {
  readonly #manifests = new Set<unknown>();
  #files = 0;
  #lines = 0;

  /** Refuses a manifest that is one too many for the request. */
  takeManifest({ props: { digest, fileCount } }: Pick<NodeRow, 'props'>): void {
    if (fileCount === undefined || this.#manifests.has(digest)) return;
    this.#manifests.add(digest);
    this.#files += Number(fileCount);
    if (this.#files <= FILES_A_REQUEST_MAX || this.#manifests.size === 1) return;
    const text = `the versions list more than ${FILES_A_REQUEST_MAX} files together`;
    throw new DomainError('LIMIT_EXCEEDED', `${text}: ask for the files of fewer at once`);
  }

  /** How many of so many lines may be looked at; some of each history always. */
  takeLines(lines: number): number {
    const left = HISTORY_LINES_A_REQUEST_MAX - this.#lines;
    const taken = Math.min(lines, Math.max(left, HISTORY_LINES_ALWAYS));
    this.#lines += taken;
    return taken;
  }
}

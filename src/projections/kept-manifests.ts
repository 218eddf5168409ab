import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { MANIFEST_FILES_MAX, type ManifestFile } from '../domain/lineage/manifest.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { filesOfVersion } from './manifest-files.ts';

/** Most files that the kept manifests list together: as many as one of them may. */
export const KEPT_FILES_MAX = MANIFEST_FILES_MAX;
/** Manifests of more files are read one at a time: each takes its memory several times over. */
export const LARGE_MANIFEST_FILES = 10_000;

type Files = readonly ManifestFile[];

/**
 * Keeps the manifests that were read last. They are known by their digest, so that readers may
 * share them; whoever asks has found that the reader may read the version. Who asks for a
 * manifest that somebody waits for already waits along.
 */
export class KeptManifests {
  readonly #objects: ObjectStore;
  readonly #kept = new Map<string, Files>();
  readonly #coming = new Map<string, Promise<Files>>();
  #filesKept = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** The files of a version, in the order of their paths; none when it lists none. */
  filesOf(version: Pick<NodeRow, 'name' | 'props'>): Promise<Files> {
    const { digest, fileCount } = version.props;
    if (digest === undefined || fileCount === undefined) return Promise.resolve([]);
    const key = String(digest);
    const kept = this.#kept.get(key);
    if (!kept) return this.#coming.get(key) ?? this.#fetch(key, version);
    // The last to be asked for is the last to go.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return Promise.resolve(kept);
  }

  #fetch(key: string, version: Pick<NodeRow, 'name' | 'props'>): Promise<Files> {
    const isLarge = Number(version.props.fileCount) > LARGE_MANIFEST_FILES;
    const read = () => filesOfVersion(version, this.#objects);
    const coming = (isLarge ? this.#inTurn(read) : read())
      .then((files) => this.#keep(key, files))
      .finally(() => this.#coming.delete(key));
    this.#coming.set(key, coming);
    return coming;
  }

  #inTurn(read: () => Promise<Files>): Promise<Files> {
    const files = this.#turn.then(read);
    this.#turn = files.catch(() => undefined);
    return files;
  }

  #keep(key: string, files: Files): Files {
    this.#kept.set(key, files);
    this.#filesKept += files.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#filesKept <= KEPT_FILES_MAX) break;
      this.#kept.delete(oldest);
      this.#filesKept -= length;
    }
    return files;
  }
}

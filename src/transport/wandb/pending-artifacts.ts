import type { ActorRef } from '../../domain/actor.ts';
import type { Digest } from '../../domain/digest.ts';
import type { CollectionKind } from '../../domain/lineage/kinds.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { Instant } from '../../domain/time.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import type { OperationalEntry, OperationalStore } from '../../ports/operational-store.ts';

/** How long an upload may take from its begin to its commit, in milliseconds. */
export const PENDING_LIFE_MS = 7 * 24 * 60 * 60 * 1000;
const LIST_PAGE = 1_000;
/** Most parts that processes add to one distributed version. */
export const PATCHES_MAX = 1_000;

/** A version that is being uploaded. Nothing of it is in the graph before its commit. */
export interface PendingArtifact {
  readonly uuid: string;
  readonly project: NodeId;
  readonly kind: CollectionKind;
  readonly name: string;
  readonly type: string;
  /** The SDK's digest, as the client states it before the files are there. */
  readonly digest: string;
  readonly run: NodeId | null;
  readonly actor: ActorRef;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  /** Encoded. */
  readonly metadata: JsonObject;
  /** Encrypted under the key of `actor`, who wrote it; null when there is none. */
  readonly sealedDescription: string | null;
  readonly historyStep: number | null;
  readonly clientID: string | null;
  /** What processes that upload one version together call it; null for a version of one. */
  readonly distributedID: string | null;
  readonly createdAt: Instant;
}

type NamedByClient = Pick<PendingArtifact, 'actor' | 'clientID'>;

/** Bytes that came for a pending version; they are an object already. */
export interface UploadedFile {
  readonly sha256: Digest;
  readonly size: number;
  /** Base64. */
  readonly md5: string;
}

/** A manifest that lists what comes to the files of another version. */
export interface Increment {
  /** What the client says of the other version: a wire id; null when there is none. */
  readonly base: string | null;
}

/** The part of one process in a distributed version. */
export interface Patch {
  readonly uuid: string;
  readonly run: NodeId | null;
  /** Who sent it, and by which key. */
  readonly actor: ActorRef;
  readonly key: string;
  readonly begunAt: Instant;
  /** Its manifest; null until that has come. */
  readonly file: UploadedFile | null;
}

/** A file that comes in parts: what it is to be, and hex MD5 of each part in order. */
export interface FileInParts {
  readonly path: string;
  readonly md5: string;
  readonly parts: readonly string[];
}

/** The uploads under way, kept so that they outlive the process that took them. */
export class PendingArtifacts {
  readonly #store: OperationalStore;

  constructor(store: OperationalStore) {
    this.#store = store;
  }

  async begin(pending: PendingArtifact): Promise<void> {
    const entry = { key: `artifact/${pending.uuid}`, value: JSON.stringify(pending) };
    await this.#store.put('upload', [entry], PENDING_LIFE_MS);
  }

  async find(uuid: string): Promise<PendingArtifact | null> {
    const text = await this.#store.get('upload', `artifact/${uuid}`);
    return text === null ? null : (JSON.parse(text) as PendingArtifact);
  }

  /** Remembers under which id of its own a client speaks of an artifact; others do not see it. */
  async nameByClient({ actor, clientID }: NamedByClient, artifact: string): Promise<void> {
    if (clientID === null) return;
    const entry = { key: clientKey(actor, clientID), value: artifact };
    await this.#store.put('upload', [entry], PENDING_LIFE_MS);
  }

  ofClient(actor: ActorRef, clientID: string): Promise<string | null> {
    return this.#store.get('upload', clientKey(actor, clientID));
  }

  /** Two processes may send other bytes under one path; each is kept by its MD5. */
  async keepFile(uuid: string, path: string, file: UploadedFile): Promise<void> {
    await this.#keep(`${filePrefix(uuid)}${keyOfFile({ path, md5: file.md5 })}`, file);
  }

  async file(uuid: string, path: string, md5: string): Promise<UploadedFile | null> {
    return this.#find(`${filePrefix(uuid)}${keyOfFile({ path, md5 })}`);
  }

  async keepManifest(uuid: string, file: UploadedFile): Promise<void> {
    await this.#keep(`${uuid}/manifest`, file);
  }

  async manifest(uuid: string): Promise<UploadedFile | null> {
    return this.#find(`${uuid}/manifest`);
  }

  async keepIncrement(uuid: string, increment: Increment): Promise<void> {
    await this.#keep(`${uuid}/increment`, increment);
  }

  increment(uuid: string): Promise<Increment | null> {
    return this.#find(`${uuid}/increment`);
  }

  /** The upload that processes share under an id of theirs; null when none is under way. */
  async sharedUpload(key: string): Promise<PendingArtifact | null> {
    const uuid = await this.#store.get('upload', `distributed/${key}`);
    return uuid === null ? null : this.find(uuid);
  }

  async share(key: string, uuid: string): Promise<void> {
    await this.#store.put('upload', [{ key: `distributed/${key}`, value: uuid }], PENDING_LIFE_MS);
  }

  async keepPatch(uuid: string, patch: Patch): Promise<void> {
    await this.#keep(`${uuid}/patch/${patch.uuid}`, patch);
  }

  patch(uuid: string, patch: string): Promise<Patch | null> {
    return this.#find(`${uuid}/patch/${patch}`);
  }

  /** The parts of a distributed version, in the order in which they were begun. */
  async patches(uuid: string): Promise<Patch[]> {
    const patches: Patch[] = [];
    for await (const { value } of this.#below(`${uuid}/patch/`)) {
      patches.push(JSON.parse(value) as Patch);
    }
    return patches.sort((a, b) => (a.begunAt < b.begunAt ? -1 : 1));
  }

  async keepFileInParts(uuid: string, upload: string, file: FileInParts): Promise<void> {
    await this.#keep(`${uuid}/parts/${upload}`, file);
  }

  fileInParts(uuid: string, upload: string): Promise<FileInParts | null> {
    return this.#find(`${uuid}/parts/${upload}`);
  }

  /** The names of the uploads in parts that were begun. */
  async uploadsInParts(uuid: string): Promise<string[]> {
    const prefix = `${uuid}/parts/`;
    const names: string[] = [];
    for await (const { key } of this.#below(prefix)) names.push(key.slice(prefix.length));
    return names;
  }

  /** The files that came so far; `keyOfFile` makes the keys. */
  async files(uuid: string): Promise<Map<string, UploadedFile>> {
    const prefix = filePrefix(uuid);
    const files = new Map<string, UploadedFile>();
    for await (const { key, value } of this.#below(prefix)) {
      files.set(key.slice(prefix.length), JSON.parse(value) as UploadedFile);
    }
    return files;
  }

  /** Forgets the upload; its files are in the version, or not wanted any more. */
  async end(uuid: string): Promise<void> {
    await this.#store.delete('upload', [`artifact/${uuid}`]);
    let keys: string[];
    do {
      const page = await this.#store.list('upload-file', { prefix: `${uuid}/`, limit: LIST_PAGE });
      keys = page.map(({ key }) => key);
      await this.#store.delete('upload-file', keys);
    } while (keys.length === LIST_PAGE);
  }

  async #find<T>(key: string): Promise<T | null> {
    const text = await this.#store.get('upload-file', key);
    return text === null ? null : (JSON.parse(text) as T);
  }

  async *#below(prefix: string): AsyncGenerator<OperationalEntry> {
    let after: string | undefined;
    do {
      const page = await this.#store.list('upload-file', { prefix, after, limit: LIST_PAGE });
      yield* page;
      after = page.length < LIST_PAGE ? undefined : page.at(-1)?.key;
    } while (after !== undefined);
  }

  #keep(key: string, value: object): Promise<void> {
    return this.#store.put('upload-file', [{ key, value: JSON.stringify(value) }], PENDING_LIFE_MS);
  }
}

/** How `files` names a file: by what its path and its content are. */
export function keyOfFile({ path, md5 }: { readonly path: string; readonly md5: string }): string {
  return `${md5}${path}`;
}

function clientKey(actor: ActorRef, clientID: string): string {
  return `client/${actor}/${clientID}`;
}

function filePrefix(uuid: string): string {
  return `${uuid}/file/`;
}

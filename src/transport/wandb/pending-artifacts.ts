import type { ActorRef } from '../../domain/actor.ts';
import type { Digest } from '../../domain/digest.ts';
import type { CollectionKind } from '../../domain/lineage/kinds.ts';
import type { NodeId } from '../../domain/lineage/node-id.ts';
import type { Instant } from '../../domain/time.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import type { OperationalStore } from '../../ports/operational-store.ts';

/** How long an upload may take from its begin to its commit, in milliseconds. */
export const PENDING_LIFE_MS = 7 * 24 * 60 * 60 * 1000;
const LIST_PAGE = 1_000;

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

  async keepFile(uuid: string, path: string, file: UploadedFile): Promise<void> {
    await this.#keep(`${filePrefix(uuid)}${path}`, file);
  }

  async keepManifest(uuid: string, file: UploadedFile): Promise<void> {
    await this.#keep(`${uuid}/manifest`, file);
  }

  async manifest(uuid: string): Promise<UploadedFile | null> {
    const text = await this.#store.get('upload-file', `${uuid}/manifest`);
    return text === null ? null : (JSON.parse(text) as UploadedFile);
  }

  /** The files that came so far, by path. */
  async files(uuid: string): Promise<Map<string, UploadedFile>> {
    const prefix = filePrefix(uuid);
    const files = new Map<string, UploadedFile>();
    let after: string | undefined;
    do {
      const page = await this.#store.list('upload-file', { prefix, after, limit: LIST_PAGE });
      for (const { key, value } of page) {
        files.set(key.slice(prefix.length), JSON.parse(value) as UploadedFile);
      }
      after = page.length < LIST_PAGE ? undefined : page.at(-1)?.key;
    } while (after !== undefined);
    return files;
  }

  /** Forgets the upload; its files are in the version, or not wanted any more. */
  async end(uuid: string): Promise<void> {
    const keys = [...(await this.files(uuid)).keys()].map((path) => `${filePrefix(uuid)}${path}`);
    for (let start = 0; start < keys.length; start += LIST_PAGE) {
      await this.#store.delete('upload-file', keys.slice(start, start + LIST_PAGE));
    }
    await this.#store.delete('upload-file', [`${uuid}/manifest`]);
    await this.#store.delete('upload', [`artifact/${uuid}`]);
  }

  #keep(key: string, file: UploadedFile): Promise<void> {
    return this.#store.put('upload-file', [{ key, value: JSON.stringify(file) }], PENDING_LIFE_MS);
  }
}

function clientKey(actor: ActorRef, clientID: string): string {
  return `client/${actor}/${clientID}`;
}

function filePrefix(uuid: string): string {
  return `${uuid}/file/`;
}

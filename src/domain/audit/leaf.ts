import type { ActorKind, ActorRef } from '../actor.ts';
import { type Digest, sha256 } from '../digest.ts';
import { DomainError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import type { JsonObject } from '../values/value.ts';

/** Longest leaf in bytes: an entry bundle of C2SP tlog-tiles prefixes each with a uint16. */
export const LEAF_BYTES_MAX = 65_535;
/** A larger body goes to the object store, and the leaf holds its digest. */
export const INLINE_DATA_BYTES_MAX = 16_384;
/** Largest body of a fact, in bytes of canonical JSON: what replay must be able to read back. */
export const FACT_BODY_BYTES_MAX = 16 * 1024 * 1024;
/** Most projects that one fact may speak of. */
export const PROJECTS_PER_FACT_MAX = 256;

export type Outcome = 'allow' | 'deny' | 'error';

/** One person's part of a fact: which fields it has, and the commitment to their values. */
export interface PersonalCommitment {
  readonly person: ActorRef;
  readonly fields: readonly string[];
  /** HMAC-SHA256 (base64url) over RFC 8785 of the values, under the salt in the sidecar. */
  readonly commitment: string;
}

export interface FactSubject {
  readonly kind: string;
  readonly id: string;
  readonly digest: Digest | null;
}

/** The policy that was applied, if one was. */
export interface PolicyRef {
  readonly id: string;
  readonly version: number;
  readonly digest: Digest;
  readonly rules: readonly string[];
}

/** Everything about a fact but its body. The keys are always all there; nothing is optional. */
export interface LeafEnvelope {
  readonly v: 1;
  readonly id: string;
  readonly org: string;
  readonly type: string;
  readonly typeVersion: number;
  readonly outcome: Outcome;
  readonly recordedAt: Instant;
  /** World time as the client stated it; null when it stated none. */
  readonly occurredAt: Instant | null;
  readonly actor: {
    readonly ref: ActorRef;
    readonly kind: ActorKind;
    readonly via: string;
    readonly authAgeS: number | null;
    readonly onBehalfOf: ActorRef | null;
  };
  /** Ids of every project the fact speaks of, sorted: who may read them all may read the fact. */
  readonly projects: readonly string[];
  readonly subject: FactSubject | null;
  readonly policy: PolicyRef | null;
  readonly request: {
    readonly operation: string;
    readonly idempotencyKey: string | null;
    readonly inputDigest: Digest | null;
  };
  readonly personal: readonly PersonalCommitment[];
}

/** A parsed leaf: the envelope with either the body or the digest of the body. */
export type Leaf = LeafEnvelope & ({ readonly data: JsonObject } | { readonly dataDigest: Digest });

export interface WrittenLeaf {
  readonly leaf: Leaf;
  /** RFC 8785 canonical JSON: the bytes that the Merkle tree hashes. */
  readonly bytes: Buffer;
  /** The body that must be durable in the object store before the fact is, if it is not inline. */
  readonly body: Buffer | null;
}

/** Writes the leaf of a fact. Fails with LIMIT_EXCEEDED when the envelope alone is too large. */
export function writeLeaf(envelope: LeafEnvelope, data: JsonObject): WrittenLeaf {
  if (envelope.projects.length > PROJECTS_PER_FACT_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `one request may speak of at most ${PROJECTS_PER_FACT_MAX} projects`,
    );
  }
  const text = canonicalJson(data);
  const size = Buffer.byteLength(text);
  if (size > FACT_BODY_BYTES_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `a request holds at most ${FACT_BODY_BYTES_MAX} bytes as canonical JSON, not ${size}`,
    );
  }
  const inline = size <= INLINE_DATA_BYTES_MAX;
  const body = inline ? null : Buffer.from(text, 'utf8');
  const leaf: Leaf = body ? { ...envelope, dataDigest: sha256(body) } : { ...envelope, data };
  const bytes = Buffer.from(body ? canonicalJson(leaf as never) : joined(envelope, text), 'utf8');
  if (bytes.length > LEAF_BYTES_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', 'the request is too large to go on record');
  }
  return { leaf, bytes, body };
}

/**
 * The canonical leaf with a body that is canonical already: `data` stands between `actor` and all
 * other names, so the text can be put together without writing the body twice.
 */
function joined({ actor, ...rest }: LeafEnvelope, data: string): string {
  const head = canonicalJson({ actor } as never).slice(0, -1);
  return `${head},"data":${data},${canonicalJson(rest as never).slice(1)}`;
}

export function parseLeaf(bytes: Uint8Array): Leaf {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Leaf;
}

/** Digest of the body when it is kept apart from the leaf. */
export function bodyDigestOf(leaf: Leaf): Digest | null {
  return 'dataDigest' in leaf ? leaf.dataDigest : null;
}

/** Reads an object by digest, as the object store promises it. */
export type ReadBody = (digest: Digest) => Promise<Uint8Array | null>;

/** The body of a fact, fetched and checked when it is kept apart from the leaf. */
export async function bodyOf(leaf: Leaf, read: ReadBody): Promise<JsonObject> {
  if ('data' in leaf) return leaf.data;
  const bytes = await read(leaf.dataDigest);
  if (bytes === null) {
    throw new DomainError('INTERNAL', `the body ${leaf.dataDigest} of a fact is missing`);
  }
  if (sha256(bytes) !== leaf.dataDigest) {
    throw new DomainError('INTERNAL', `the body ${leaf.dataDigest} of a fact was altered`);
  }
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonObject;
}

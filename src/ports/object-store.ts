import type { Readable } from 'node:stream';
import type { Digest } from '../domain/digest.ts';

/** Largest object that is taken, in bytes. */
export const OBJECT_BYTES_MAX = 5 * 1024 ** 4;

/** Most parts that one object comes in. */
export const OBJECT_PARTS_MAX = 10_000;

export interface StoredObject {
  readonly digest: Digest;
  readonly size: number;
  /** Base64 MD5 of the bytes, computed in the same pass when `put` was asked for it. */
  readonly md5: string | null;
}

export interface PutOptions {
  /** Refuse the bytes with INVALID_INPUT when their digest is another one. */
  readonly expect?: Digest | undefined;
  readonly md5?: 'compute' | undefined;
  /** Refuse with LIMIT_EXCEEDED as soon as more bytes than this have come. */
  readonly sizeMax?: number | undefined;
}

/** One part of an object that is to come in parts. */
export interface ObjectPart {
  /** Name of the whole upload: lower-case letters, digits and hyphens. */
  readonly upload: string;
  /** From 1 to OBJECT_PARTS_MAX. */
  readonly number: number;
  /** Base64 MD5 that the bytes must have. */
  readonly md5: string;
}

/**
 * Bytes under their SHA-256. An object never changes and is never overwritten.
 * Failures are DomainErrors: INVALID_INPUT, LIMIT_EXCEEDED, UNAVAILABLE (disk full too), INTERNAL.
 */
export interface ObjectStore {
  /**
   * Takes the bytes while hashing them. MUST NOT resolve before the object is durable under its
   * name: file and folder synced. A stream that fails leaves nothing behind under any digest.
   * Putting what is there already resolves with the same answer, and makes the object young again
   * for who collects garbage by age. A stream that is refused stays open; its owner ends it.
   */
  put(bytes: Readable | Uint8Array, options?: PutOptions): Promise<StoredObject>;

  /** Size in bytes, or null when no such object is held. */
  size(digest: Digest): Promise<number | null>;

  /** All bytes of a small object; null when not held. LIMIT_EXCEEDED above `sizeMax`. */
  read(digest: Digest, sizeMax: number): Promise<Buffer | null>;

  /**
   * The bytes from `range.start` to `range.end` (inclusive), or all; null when not held. A range
   * that the object does not reach is INVALID_INPUT with `details.size`. All the bytes MUST end in
   * an error when they are not those of the digest; a range is not checked.
   */
  open(digest: Digest, range?: ByteRange): Promise<Readable | null>;

  /**
   * Keeps one part; answers its size in bytes. MUST NOT resolve before the part is durable. Bytes
   * of another MD5, or that are cut off, are refused with INVALID_INPUT and change nothing; a
   * part that comes again takes the place of the earlier one. An upload that no part came for in
   * the store's named time may be forgotten.
   */
  stage(part: ObjectPart, bytes: Readable, options?: Pick<PutOptions, 'sizeMax'>): Promise<number>;

  /**
   * Puts the parts from 1 to `count`, one behind the other, as one object, with the promises of
   * `put`. INVALID_INPUT names the first part that is not there. The parts stay.
   */
  assemble(upload: string, count: number, options?: PutOptions): Promise<StoredObject>;

  /** Forgets the parts of an upload, if there are any. Objects made of them stay. */
  discard(upload: string): Promise<void>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

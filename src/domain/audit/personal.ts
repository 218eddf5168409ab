import { createHmac } from 'node:crypto';
import type { ActorRef } from '../actor.ts';
import type { LogIndex } from '../lineage/graph-rows.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import type { Json, JsonObject } from '../values/value.ts';

/** Longest personal text in UTF-16 units: notes, descriptions, comments. */
export const PERSONAL_TEXT_LENGTH_MAX = 65_536;

/** What a reader gets in place of a personal value whose key is gone. */
export const ERASED = '[erased]';
/** What a reader gets in place of a personal value that its key no longer opens. */
export const DAMAGED = '[damaged]';

/** Values of one person in one fact, before they are encrypted. */
export interface PersonalValues {
  readonly person: ActorRef;
  readonly values: Readonly<Record<string, string>>;
}

/** Commitment to one person's values under a salt: HMAC-SHA256, base64url. */
export function commitTo(values: PersonalValues['values'], salt: Uint8Array): string {
  return createHmac('sha256', salt).update(canonicalJson(values)).digest('base64url');
}

const REF_KEY = '~personal';

/** Where a personal value lies. The graph holds this; the value is joined when it is read. */
export interface PersonalRef {
  readonly fact: LogIndex;
  readonly person: ActorRef;
  readonly field: string;
}

/** The property value that stands for a personal one. No client value encodes to this key. */
export function personalRefProp(ref: PersonalRef): JsonObject {
  return { [REF_KEY]: { fact: ref.fact, person: ref.person, field: ref.field } };
}

export function personalRefOf(prop: Json | undefined): PersonalRef | undefined {
  if (prop === null || typeof prop !== 'object' || Array.isArray(prop)) return undefined;
  return (prop as JsonObject)[REF_KEY] as unknown as PersonalRef | undefined;
}

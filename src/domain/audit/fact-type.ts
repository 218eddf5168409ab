import { z } from 'zod';
import type { Change } from '../lineage/change.ts';
import type { LogIndex } from '../lineage/graph-rows.ts';
import type { Instant } from '../time.ts';
import { isEncoded, type Json, type JsonObject } from '../values/value.ts';
import type { LeafEnvelope } from './leaf.ts';
import { PERSONAL_TEXT_LENGTH_MAX, personalRefProp } from './personal.ts';

/** A field whose value stands in the leaf, readable for ever by who may read the fact. */
export interface LeafField<T> {
  readonly mark: 'leaf';
  readonly schema: z.ZodType<T>;
}

/** A field about a person: text that lives encrypted in the sidecar and can be erased. */
export interface PersonalField {
  readonly mark: 'personal';
  readonly schema: z.ZodType<string>;
}

export type FactFields = Readonly<Record<string, LeafField<unknown> | PersonalField>>;

export function leaf<T>(schema: z.ZodType<T>): LeafField<T> {
  return { mark: 'leaf', schema };
}

export function personal(): PersonalField {
  return { mark: 'personal', schema: z.string().max(PERSONAL_TEXT_LENGTH_MAX) };
}

/** The body of a fact with these fields: the leaf fields alone. */
export type FactData<F extends FactFields> = {
  readonly [K in keyof F as F[K] extends LeafField<unknown> ? K : never]: F[K] extends LeafField<
    infer T
  >
    ? T
    : never;
};

/** What `changes` may look at: the fact as it is in the log, and nothing else. */
export interface FactView<D> extends LeafEnvelope {
  readonly index: LogIndex;
  readonly data: D;
}

/** One version of one type of fact. Once released it is frozen: a change is a new version. */
export interface FactType<F extends FactFields = FactFields> {
  readonly type: string;
  readonly version: number;
  readonly fields: F;
  changes(fact: FactView<FactData<F>>): Change[];
}

export function factType<F extends FactFields>(definition: FactType<F>): FactType<F> {
  return definition;
}

/** The properties that stand for a fact's personal fields: a reference each, or nothing. */
export function personalProps(
  fact: FactView<unknown>,
  fields: readonly string[],
): Record<string, Json> {
  const props: Record<string, Json> = {};
  for (const { person, fields: held } of fact.personal) {
    for (const field of held) {
      if (!fields.includes(field)) continue;
      props[field] = personalRefProp({ fact: fact.index, person, field });
    }
  }
  return props;
}

export const id = z.string().min(1).max(128);
export const index = z.number().int().nonnegative();
/** A point in time as time.ts writes it. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/) as unknown as z.ZodType<Instant>;
export const nullableText = z.string().nullable();
/**
 * An object of encoded values. A door that forgot to encode is refused here: what a client writes
 * must never pass for a tag of the hub's, such as the one that stands for personal values.
 */
export const encodedObject: z.ZodType<JsonObject> = z.custom<JsonObject>(
  (value) =>
    isEncoded(value) && value !== null && typeof value === 'object' && !Array.isArray(value),
  'an object of encoded values',
);

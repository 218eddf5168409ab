import type { PersonalValues } from '../../domain/audit/personal.ts';
import { invalidInput } from '../../domain/errors.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { encodeValue, type JsonObject, type Value } from '../../domain/values/value.ts';
import type { GraphContext } from './graph-context.ts';

/** An object of a JSON input, encoded; its JSON text is taken too, and nothing for an empty one. */
export function encodedObject(value: Value | undefined, what: string): JsonObject {
  if (value === undefined || value === null) return {};
  const object = typeof value === 'string' ? parseLosslessJson(value) : value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw invalidInput(`${what} is an object, or the JSON text of one`);
  }
  return encodeValue(object) as JsonObject;
}

/** Personal texts under the key of the actor who wrote them. */
export function personalOf(
  texts: Readonly<Record<string, string | null | undefined>>,
  { reader }: GraphContext,
): PersonalValues[] {
  const given = Object.entries(texts).filter(([, text]) => text != null);
  if (given.length === 0) return [];
  return [
    { person: reader.actor.ref, values: Object.fromEntries(given) as Record<string, string> },
  ];
}

import { DomainError, invalidInput } from '../../domain/errors.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { encodeValue, type JsonObject } from '../../domain/values/value.ts';
import { isValueObject } from './json-text.ts';

/** Longest metadata of a version, in characters of JSON. */
export const METADATA_LENGTH_MAX = 4 * 1024 * 1024;

/** The metadata of an artifact from its JSON text; none for an empty one. */
export function encodedMetadata(text: string | null | undefined): JsonObject {
  if (!text) return {};
  if (text.length > METADATA_LENGTH_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `metadata has at most ${METADATA_LENGTH_MAX} characters`,
    );
  }
  const value = parseLosslessJson(text);
  if (value === null) return {};
  if (!isValueObject(value)) throw invalidInput('the metadata of an artifact is a JSON object');
  return encodeValue(value) as JsonObject;
}

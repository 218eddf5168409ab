import { invalidInput } from '../errors.ts';
import { hasLoneSurrogate } from './text.ts';

/** JSON as RFC 8785 can write it: finite doubles, well-formed strings. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** What a client may send: JSON and also NaN, infinities, -0, big integers, odd strings. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | ValueObject;
export type ValueObject = { readonly [key: string]: Value };

/** Deepest nesting of a value that the hub takes. */
export const VALUE_DEPTH_MAX = 64;

const TAG = '~';
const TAGGED_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['~zNaN', Number.NaN],
  ['~zINF', Number.POSITIVE_INFINITY],
  ['~z-INF', Number.NEGATIVE_INFINITY],
  ['~d-0', -0],
]);
const TAGGED_INTEGER = /^~i-?[1-9]\d{15,}$/;
const TAGGED_UNITS = /^~u[0-9a-f]+$/;

/**
 * Writes a value as plain JSON without loss. What JSON cannot hold becomes a string that starts
 * with a tilde: `~zNaN`, `~zINF`, `~z-INF`, `~d-0`, `~i<decimal integer>`, and `~u<UTF-16BE hex>`
 * for a string with half a surrogate pair. A string that itself starts with a tilde gets one more.
 */
export function encodeValue(value: Value, depth = 0): Json {
  if (depth > VALUE_DEPTH_MAX) {
    throw invalidInput(`a value nested deeper than ${VALUE_DEPTH_MAX} levels`);
  }
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'number':
      return encodeNumber(value);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : `~i${value}`;
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : encodeNested(value, depth + 1);
    default:
      throw invalidInput(`a ${typeof value} is not a value`);
  }
}

/** The inverse of {@link encodeValue}; refuses what that one never writes. */
export function decodeValue(json: Json): Value {
  if (typeof json === 'string') return decodeString(json);
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(decodeValue);
  return Object.fromEntries(
    Object.entries(json as JsonObject).map(([key, item]) => [
      String(decodeString(key)),
      decodeValue(item),
    ]),
  );
}

/** True for what {@link encodeValue} may have written, at any depth. */
export function isEncoded(json: unknown): json is Json {
  if (typeof json === 'string') return decodedText(json) !== undefined;
  if (typeof json === 'number') return Number.isFinite(json) && !Object.is(json, -0);
  if (json === null || typeof json === 'boolean') return true;
  if (Array.isArray(json)) return json.every(isEncoded);
  if (typeof json !== 'object') return false;
  return Object.entries(json).every(
    ([key, item]) => typeof decodedText(key) === 'string' && isEncoded(item),
  );
}

/** How the hub's JSON answers show a value: what JSON cannot hold stands as readable text. */
export function readableValue(json: Json): Json {
  return readable(decodeValue(json));
}

function readable(value: Value): Json {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(readable);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [wellFormed(key), readable(item)]),
  );
}

/** Half of a surrogate pair shows as JSON would escape it, so that two such texts stay two. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}

function encodeNested(value: readonly Value[] | ValueObject, depth: number): Json {
  if (Array.isArray(value)) return value.map((item: Value) => encodeValue(item, depth));
  const entries = Object.entries(value as ValueObject).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => [encodeString(key), encodeValue(item, depth)]),
  );
}

function encodeString(text: string): string {
  if (hasLoneSurrogate(text)) return `~u${utf16Hex(text)}`;
  return text.startsWith(TAG) ? TAG + text : text;
}

function encodeNumber(value: number): Json {
  if (Number.isNaN(value)) return '~zNaN';
  if (value === Number.POSITIVE_INFINITY) return '~zINF';
  if (value === Number.NEGATIVE_INFINITY) return '~z-INF';
  return Object.is(value, -0) ? '~d-0' : value;
}

function decodeString(text: string): string | number | bigint {
  const decoded = decodedText(text);
  if (decoded !== undefined) return decoded;
  throw invalidInput(`no encoded value: ${JSON.stringify(text.slice(0, 16))}`);
}

/** What an encoded string stands for; undefined when the encoder never writes this text. */
function decodedText(text: string): string | number | bigint | undefined {
  const decoded = untagged(text);
  return decoded !== undefined && encodeValue(decoded) === text ? decoded : undefined;
}

function untagged(text: string): string | number | bigint | undefined {
  if (!text.startsWith(TAG)) return text;
  if (text.startsWith('~~')) return text.slice(1);
  if (TAGGED_INTEGER.test(text)) return BigInt(text.slice(2));
  if (TAGGED_UNITS.test(text)) return textOfUtf16Hex(text.slice(2));
  return TAGGED_NUMBERS.get(text);
}

function utf16Hex(text: string): string {
  let hex = '';
  for (let at = 0; at < text.length; at += 1) {
    hex += text.charCodeAt(at).toString(16).padStart(4, '0');
  }
  return hex;
}

function textOfUtf16Hex(hex: string): string {
  const units = hex.match(/.{4}/g) ?? [];
  return units.map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('');
}

import { invalidInput } from '../errors.ts';
import { hasLoneSurrogate } from './text.ts';
import type { Json, JsonObject } from './value.ts';

/** Names of properties whose quoted form is remembered; leaves repeat a few hundred of them. */
const QUOTED_NAMES_MAX = 4_096;
/** A longer name is not worth remembering, in UTF-16 units. */
const QUOTED_NAME_LENGTH_MAX = 64;

const quotedNames = new Map<string, string>();

/**
 * RFC 8785 canonical JSON text: no white space, properties in the order of their names' UTF-16
 * units, strings and numbers as ECMAScript writes them. The argument holds encoded values only;
 * names that nobody has checked yet may come here first, so a text with half a surrogate pair is
 * INVALID_INPUT. A property that is undefined is left out.
 */
export function canonicalJson(json: Json): string {
  switch (typeof json) {
    case 'string':
      return quoted(json);
    case 'number':
      if (Number.isFinite(json)) return Object.is(json, -0) ? '0' : String(json);
      throw new TypeError(`${json} has no canonical JSON`);
    case 'boolean':
      return json ? 'true' : 'false';
    case 'object':
      if (json === null) return 'null';
      return Array.isArray(json) ? canonicalArray(json) : canonicalObject(json as JsonObject);
    default:
      throw new TypeError(`a ${typeof json} has no canonical JSON`);
  }
}

function canonicalArray(items: readonly Json[]): string {
  let text = '[';
  for (let at = 0; at < items.length; at += 1) {
    if (at > 0) text += ',';
    text += canonicalJson(items[at] as Json);
  }
  return `${text}]`;
}

function canonicalObject(object: JsonObject): string {
  let text = '{';
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${quotedName(name)}:${canonicalJson(value)}`;
  }
  return `${text}}`;
}

function quotedName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const text = quoted(name);
  if (name.length > QUOTED_NAME_LENGTH_MAX) return text;
  if (quotedNames.size >= QUOTED_NAMES_MAX) quotedNames.clear();
  quotedNames.set(name, text);
  return text;
}

function quoted(text: string): string {
  if (hasLoneSurrogate(text)) {
    throw invalidInput('a text holds half of a surrogate pair and is no Unicode text');
  }
  return JSON.stringify(text);
}

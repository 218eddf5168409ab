import { invalidInput } from '../errors.ts';

/** Longest natural name in UTF-16 units; Neo4j's range indexes end at about 8,000 bytes. */
export const NAME_LENGTH_MAX = 512;

/** Control characters, and the marks that make a text show in another order than it has. */
const MISLEADING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

export function hasLoneSurrogate(text: string): boolean {
  return !(text as WellFormedText).isWellFormed();
}

/** ECMAScript 2024, which Node.js 20 has and this compiler's library does not name yet. */
type WellFormedText = string & { isWellFormed(): boolean };

/**
 * Checks a natural name or another indexed text. Stores cut texts at NUL or refuse them, and a
 * lone surrogate has no UTF-8 form, so both are refused before anything is written. Returns the
 * composed form (NFC), which is the one that goes on record.
 */
export function checkName(given: string, what: string, lengthMax = NAME_LENGTH_MAX): string {
  const name = hasLoneSurrogate(given) ? given : given.normalize('NFC');
  if (name.length === 0) throw invalidInput(`${what} is empty`);
  if (name.length > lengthMax) {
    throw invalidInput(`${what} has ${name.length} characters, at most ${lengthMax} fit`);
  }
  if (name.trim() === '') throw invalidInput(`${what} is blank`);
  checkText(name, what);
  if (MISLEADING.test(name)) {
    throw invalidInput(`${what} holds a control character or a mark that reorders text`);
  }
  return name;
}

/**
 * Names that stand in paths of the form team/project/name:version. HTTP clients take the parts
 * "." and ".." out of every address, so nothing with such a name could be reached.
 */
export function checkPathName(given: string, what: string): string {
  const name = checkName(given, what);
  if (/[/:]/.test(name)) throw invalidInput(`${what} holds "/" or ":": ${JSON.stringify(name)}`);
  if (name === '.' || name === '..') throw invalidInput(`${what} must not be "." or ".."`);
  return name;
}

export function checkText(text: string, what: string): string {
  if (text.includes('\u0000')) throw invalidInput(`${what} holds a NUL character`);
  if (hasLoneSurrogate(text)) {
    throw invalidInput(`${what} holds half of a surrogate pair and is no Unicode text`);
  }
  return text;
}

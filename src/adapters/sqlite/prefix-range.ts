const LAST = 0x10ffff;
const BEFORE_SURROGATES = 0xd7ff;
const BEHIND_SURROGATES = 0xe000;

/**
 * The first text, in the order of UTF-8 bytes, behind all that start with the prefix; null when
 * there is none. A range of an index finds a prefix, where LIKE would fold case and scan.
 */
export function behindPrefix(prefix: string): string | null {
  const points = [...prefix].map((character) => character.codePointAt(0)!);
  while (points.at(-1) === LAST) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  const next = last === BEFORE_SURROGATES ? BEHIND_SURROGATES : last + 1;
  return String.fromCodePoint(...points, next);
}

import canonicalize from 'canonicalize';
import { invalidInput } from '../errors.ts';
import type { Json } from './value.ts';

/** How the library says that a text has no UTF-8 form; the version is pinned, a test watches. */
const LONE_SURROGATE = 'Lone surrogate is not allowed';

/**
 * RFC 8785 canonical JSON text. The argument holds encoded values only; names that nobody has
 * checked yet may come here first, so a text with half a surrogate pair is INVALID_INPUT.
 */
export function canonicalJson(json: Json): string {
  const text = canonicalOrRefused(json);
  if (text === undefined) throw new TypeError('undefined has no canonical JSON');
  return text;
}

function canonicalOrRefused(json: Json): string | undefined {
  try {
    return canonicalize(json);
  } catch (error) {
    if (!(error instanceof Error) || error.message !== LONE_SURROGATE) throw error;
    throw invalidInput('a text holds half of a surrogate pair and is no Unicode text');
  }
}

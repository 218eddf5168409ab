import canonicalize from 'canonicalize';
import type { Json } from './value.ts';

/** RFC 8785 canonical JSON text. The argument holds encoded values only. */
export function canonicalJson(json: Json): string {
  const text = canonicalize(json);
  if (text === undefined) throw new TypeError('undefined has no canonical JSON');
  return text;
}

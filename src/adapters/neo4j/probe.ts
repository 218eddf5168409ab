import { hasLoneSurrogate } from '../../domain/values/text.ts';

/**
 * A text to compare with. Half a surrogate pair would become another character on the way, and
 * could then equal a text that nobody asked for; no row holds a NUL.
 */
export function probe(text: string): string {
  return hasLoneSurrogate(text) ? '\0' : text;
}

export function probes(texts: readonly string[]): string[] {
  return [...new Set(texts.map(probe))];
}

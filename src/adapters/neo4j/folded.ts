/**
 * A text without the difference of cases, for searching. Each character alone, because the small
 * form of a sigma depends on what follows, which a part of a name does not know.
 */
export function folded(text: string): string {
  let all = '';
  for (const character of text) all += character.toLowerCase();
  return all.replaceAll('\u03c2', '\u03c3');
}

import { invalidInput } from '../../domain/errors.ts';

/** Longest pattern that is taken, in characters. */
export const PATTERN_LENGTH_MAX = 256;

const SPECIAL = /[()[\]{}+?*]/;

/** One alternative: pieces between `.*`, each a list of characters or `any`. */
interface Alternative {
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly pieces: ReadonlyArray<readonly (string | null)[]>;
}

/**
 * The part of regular expressions that people filter names by: literal text, `.`, `.*`, `^`,
 * `$` and `|`. Everything else is refused, since a full matcher can be made to run for hours.
 */
export function textPattern(source: string): (text: string) => boolean {
  if (source.length > PATTERN_LENGTH_MAX) {
    throw invalidInput(`a pattern has at most ${PATTERN_LENGTH_MAX} characters`);
  }
  const alternatives = splitAlternatives(source).map(parseAlternative);
  return (text) => alternatives.some((alternative) => matches(alternative, text));
}

function splitAlternatives(source: string): string[] {
  return source.split(/(?<!\\)\|/);
}

function parseAlternative(source: string): Alternative {
  const atStart = source.startsWith('^');
  const atEnd = source.endsWith('$') && !source.endsWith('\\$');
  const body = source.slice(atStart ? 1 : 0, atEnd ? -1 : undefined);
  const pieces: (string | null)[][] = [[]];
  for (let at = 0; at < body.length; at += 1) {
    const mark = body[at] as string;
    const piece = pieces.at(-1) as (string | null)[];
    if (mark === '.' && body[at + 1] === '*') {
      pieces.push([]);
      at += 1;
    } else if (mark === '.') {
      piece.push(null);
    } else if (mark === '\\' && at + 1 < body.length) {
      at += 1;
      piece.push(escaped(body[at] as string));
    } else if (SPECIAL.test(mark)) {
      throw invalidInput(`patterns know literal text, ".", ".*", "^", "$" and "|", not "${mark}"`);
    } else {
      piece.push(mark);
    }
  }
  return { atStart, atEnd, pieces };
}

function escaped(mark: string): string {
  if (/[A-Za-z0-9]/.test(mark)) throw invalidInput(`patterns do not know "\\${mark}"`);
  return mark;
}

function matches({ atStart, atEnd, pieces }: Alternative, text: string): boolean {
  const last = pieces.length - 1;
  let at = 0;
  for (const [number, piece] of pieces.entries()) {
    const fixed = number === 0 && atStart;
    const end = text.length - piece.length;
    if (number === last && atEnd) {
      if (end < at || (fixed && end !== 0)) return false;
      return fits(piece, text, end);
    }
    while (at <= end && !fits(piece, text, at)) {
      if (fixed) return false;
      at += 1;
    }
    if (at > end) return false;
    at += piece.length;
  }
  return true;
}

function fits(piece: readonly (string | null)[], text: string, at: number): boolean {
  return piece.every((mark, offset) => mark === null || text[at + offset] === mark);
}

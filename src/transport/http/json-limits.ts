import { DomainError } from '../../domain/errors.ts';

/** Most brackets of a body within each other; the SDK's deepest has 6. */
export const BRACKETS_DEEP_MAX = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Refuses a JSON text that would take long to read: small values cost many times their length.
 * One walk over the text that builds nothing. What stands in strings counts for nothing, and
 * whether the text is JSON at all is for the reader to say.
 */
export function checkJsonSize(text: string, valuesMax: number): void {
  let [values, deep] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === COMMA) {
      values += 1;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      [values, deep] = [values + 1, deep + 1];
      if (deep > BRACKETS_DEEP_MAX)
        throw tooMuch(`${BRACKETS_DEEP_MAX} brackets within each other`);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      deep -= 1;
    }
    if (values > valuesMax) throw tooMuch(`${valuesMax} values`);
  }
}

/** Where the string that begins here ends: at its quote, or at the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

function tooMuch(what: string): DomainError {
  return new DomainError('LIMIT_EXCEEDED', `the body has more than ${what}`);
}

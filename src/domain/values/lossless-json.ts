import { invalidInput } from '../errors.ts';
import { VALUE_DEPTH_MAX, type Value } from './value.ts';

/** Longest integer that is read, in digits; a longer one is an attack, not a measurement. */
export const INTEGER_DIGITS_MAX = 4_096;

/** Sixteen digits in a row may pass 2^53; bare NaN and Infinity are what Python writes. */
const NEEDS_CARE = /\d{16}|NaN|Infinity|-0/;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y;
const ANY_STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: ReadonlyArray<readonly [string, Value]> = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];

/**
 * Reads JSON text without losing anything that trainers send: integers beyond 2^53 become
 * bigint, and the bare tokens NaN, Infinity and -Infinity of Python's json module are taken.
 * Anything else that RFC 8259 refuses is refused, with the position.
 */
export function parseLosslessJson(text: string): Value {
  if (!NEEDS_CARE.test(text)) return parsePlain(text);
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

function parsePlain(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw invalidInput(`malformed JSON: ${(cause as Error).message.slice(0, 120)}`);
  }
}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Value {
    if (depth > VALUE_DEPTH_MAX) {
      throw invalidInput(`JSON nested deeper than ${VALUE_DEPTH_MAX} levels`);
    }
    this.#match(SPACE);
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    return this.#word() ?? this.#number();
  }

  end(): void {
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#fault('the end of the text');
  }

  #object(depth: number): Value {
    const entries: [string, Value][] = [];
    this.#at += 1;
    if (this.#take('}')) return {};
    do {
      this.#match(SPACE);
      const key = this.#string();
      if (!this.#take(':')) throw this.#fault('":"');
      entries.push([key, this.value(depth + 1)]);
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#fault('"," or "}"');
    return Object.fromEntries(entries);
  }

  #array(depth: number): Value {
    const items: Value[] = [];
    this.#at += 1;
    if (this.#take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw this.#fault('"," or "]"');
    return items;
  }

  #string(): string {
    const plain = this.#match(PLAIN_STRING);
    if (plain !== undefined) return plain.slice(1, -1);
    const escaped = this.#match(ANY_STRING);
    if (escaped === undefined) throw this.#fault('a string');
    return parsePlain(escaped) as string;
  }

  #word(): Value | undefined {
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return undefined;
  }

  #number(): Value {
    const start = this.#at;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.#text);
    if (!match) throw this.#fault('a value');
    this.#at = NUMBER.lastIndex;
    const [token, fraction, exponent] = match;
    const double = Number(token);
    if (fraction !== undefined || exponent !== undefined) {
      if (!Number.isFinite(double))
        throw invalidInput(`number out of range: ${token.slice(0, 32)}`);
      return double;
    }
    if (Number.isSafeInteger(double)) return double;
    if (token.length > INTEGER_DIGITS_MAX) {
      throw invalidInput(`an integer of more than ${INTEGER_DIGITS_MAX} digits`);
    }
    return BigInt(token);
  }

  #take(mark: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fault(expected: string): Error {
    return invalidInput(`malformed JSON at character ${this.#at}: ${expected} expected`);
  }
}

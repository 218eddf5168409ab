import { invalidInput } from '../errors.ts';
import { VALUE_DEPTH_MAX, type Value } from './value.ts';

/** Longest integer that is read, in digits; a longer one is an attack, not a measurement. */
export const INTEGER_DIGITS_MAX = 4_096;

/**
 * Sixteen digits in a row may pass 2^53, except behind the point; bare NaN and Infinity are what
 * Python writes.
 */
const NEEDS_CARE = /(?<![\d.])\d{16}|NaN|Infinity/;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** Where a run of a string's plain characters ends. */
const STRING_STOP = /["\\\u0000-\u001f]/g;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
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
  if (!NEEDS_CARE.test(text)) {
    const plain = parsePlain(text);
    if (plain !== undefined && isTakeable(plain, 0)) return plain;
  }
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** The fast way. What it cannot read or may not take, the reader below refuses by position. */
function parsePlain(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** JSON.parse makes 1e400 an infinity, and it knows no limit of depth. */
function isTakeable(value: Value, depth: number): boolean {
  if (depth > VALUE_DEPTH_MAX) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value !== 'object') return true;
  const items: readonly Value[] = Array.isArray(value) ? value : Object.values(value);
  return items.every((item) => isTakeable(item, depth + 1));
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
    const word = this.#word();
    return word === undefined ? this.#number() : word;
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
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.#fault('a string');
    this.#at += 1;
    let escaped = false;
    for (;;) {
      const mark = this.#stringStop();
      if (mark === '"') break;
      if (mark !== '\\') throw this.#fault('no raw control character');
      if (this.#match(ESCAPE) === undefined) throw this.#fault('an escape of JSON');
      escaped = true;
    }
    this.#at += 1;
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  /** Moves to the next quote, backslash or control character, and returns it. */
  #stringStop(): string {
    STRING_STOP.lastIndex = this.#at;
    const stop = STRING_STOP.exec(this.#text);
    this.#at = stop?.index ?? this.#text.length;
    if (!stop) throw this.#fault('the end of a string');
    return stop[0];
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
      if (Number.isFinite(double)) return double;
      throw invalidInput(`a number out of range at character ${start}: ${token.slice(0, 32)}`);
    }
    if (Number.isSafeInteger(double)) return double;
    if (token.replace('-', '').length > INTEGER_DIGITS_MAX) {
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

import { sha256 } from '../../domain/digest.ts';
import { invalidInput } from '../../domain/errors.ts';
import { canonicalJson } from '../../domain/values/canonical-json.ts';
import type { Json } from '../../domain/values/value.ts';

/** Longest cursor that is looked at, in characters. */
export const CURSOR_LENGTH_MAX = 2_048;
const QUESTION_DIGITS = 16;
const CHECK_DIGITS = 12;

/** What a cursor belongs to: a field with its parent and its arguments, without those of paging. */
export type Question = string;

export function questionOf(field: string, args: Readonly<Record<string, unknown>>): Question {
  const { first, after, last, before, ...rest } = args;
  const asked = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  const text = canonicalJson([field, Object.fromEntries(asked) as Json]);
  return sha256(text).slice('sha256:'.length, 'sha256:'.length + QUESTION_DIGITS);
}

export function writeCursor(question: Question, place: Json): string {
  const content: CursorContent = { q: question, p: place, c: checkOf(question, place) };
  return Buffer.from(JSON.stringify(content), 'utf8').toString('base64url');
}

/** What a place consists of: a number of the log or of a list, or such numbers and texts. */
export type PlaceShape = PlacePart | readonly PlacePart[];
type PlacePart = 'index' | 'text';

/** A place of a shape. */
export type PlaceOf<S extends PlaceShape> = S extends readonly PlacePart[]
  ? { readonly [K in keyof S]: S[K] extends 'index' ? number : string }
  : number;

/**
 * The place that a cursor stands for. A cursor of another question would lead astray, and one
 * that somebody made up is held to the shape that places of the question have.
 */
export function readCursor<const S extends PlaceShape>(
  cursor: string,
  question: Question,
  shape: S,
): PlaceOf<S> {
  const content = contentOf(cursor);
  if (content === null) throw invalidInput('the cursor is none that this hub handed out');
  if (content.q !== question) {
    throw invalidInput('the cursor belongs to another question: keep the arguments while paging');
  }
  if (!hasShape(content.p, shape)) throw invalidInput('this is not a cursor of this query');
  return content.p as PlaceOf<S>;
}

function hasShape(place: Json, shape: PlaceShape): boolean {
  if (typeof shape === 'string') {
    if (shape === 'text') return typeof place === 'string';
    return Number.isSafeInteger(place) && Number(place) >= 0;
  }
  if (!Array.isArray(place) || place.length !== shape.length) return false;
  return shape.every((part, at) => hasShape(place[at] as Json, part));
}

interface CursorContent {
  readonly q: string;
  readonly p: Json;
  /** So that a cursor that was altered on its way leads nowhere, not somewhere else. */
  readonly c: string;
}

function checkOf(question: Question, place: Json): string {
  const text = canonicalJson([question, place]);
  return sha256(text).slice('sha256:'.length, 'sha256:'.length + CHECK_DIGITS);
}

function contentOf(cursor: string): CursorContent | null {
  if (cursor.length > CURSOR_LENGTH_MAX) return null;
  try {
    const content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof content?.q !== 'string' || content.p === undefined) return null;
    return content.c === checkOf(content.q, content.p) ? content : null;
  } catch {
    return null;
  }
}

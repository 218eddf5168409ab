import { DomainError, isDomainError } from '../../domain/errors.ts';
import { checkName, checkText } from '../../domain/values/text.ts';
import type { Value, ValueObject } from '../../domain/values/value.ts';

/** Longest producer or schema URL that is kept, in UTF-16 units. */
export const URL_LENGTH_MAX = 2_048;

/** Refuses an event, with the path to what is wrong in it. */
export function faultAt(path: string, fault: string): DomainError {
  const text = path === '' ? `the event ${fault}` : `${path} ${fault}`;
  return new DomainError('INVALID_EVENT', text, { details: { path } });
}

/** Runs a check of the domain's; what it refuses is refused at this path. */
export function checkedAt<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const text = `${path}: ${error.message}`;
    const code = error.code === 'LIMIT_EXCEEDED' ? 'LIMIT_EXCEEDED' : 'INVALID_EVENT';
    throw new DomainError(code, text, { details: { path } });
  }
}

export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: Value | undefined, path: string): ValueObject {
  if (isObject(value)) return value;
  throw faultAt(path, value === undefined ? 'is missing' : 'is not an object');
}

/** The items; none where there is no list. Python writes null for what it leaves out. */
export function listAt(value: Value | undefined, path: string): readonly Value[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly Value[];
  throw faultAt(path, 'is not a list');
}

export function textAt(value: Value | undefined, path: string): string {
  if (typeof value === 'string') return value;
  throw faultAt(path, value === undefined ? 'is missing' : 'is not a text');
}

export function nameAt(value: Value | undefined, path: string, lengthMax?: number): string {
  const text = textAt(value, path);
  return checkedAt(path, () => checkName(text, 'the name', lengthMax));
}

/** A text that may be left out. */
export function optionalTextAt(value: Value | undefined, path: string): string | null {
  if (value === undefined || value === null) return null;
  const text = textAt(value, path);
  if (text.length > URL_LENGTH_MAX) {
    throw faultAt(path, `has ${text.length} characters, at most ${URL_LENGTH_MAX} fit`);
  }
  return checkedAt(path, () => checkText(text, 'the text'));
}

import type { Value, ValueObject } from '../../domain/values/value.ts';

/**
 * JSON as Python writes and reads it: NaN, Infinity and -Infinity stand bare, integers have as
 * many digits as they need. The SDK takes this inside strings, never as a whole HTTP body.
 */
export function jsonTextOf(value: Value): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0.0' : String(value);
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? 'null' : nestedText(value);
    default:
      return JSON.stringify(value);
  }
}

function nestedText(value: readonly Value[] | ValueObject): string {
  if (Array.isArray(value)) return `[${value.map(jsonTextOf).join(',')}]`;
  const entries = Object.entries(value as ValueObject).map(
    ([key, item]) => `${JSON.stringify(key)}:${jsonTextOf(item)}`,
  );
  return `{${entries.join(',')}}`;
}

export function isValueObject(value: Value | undefined): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

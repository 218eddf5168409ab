import { invalidInput } from '../domain/errors.ts';
import { VALUE_DEPTH_MAX } from '../domain/values/value.ts';

/** Deepest nesting of a node's props: the object itself, and values inside it. */
const PROPS_DEPTH_MAX = VALUE_DEPTH_MAX + 8;

/** JSON text of encoded values. What JSON.stringify would change silently is refused. */
export function jsonText(json: unknown, field: string): string {
  const fault = faultOf(json, 0);
  if (fault !== undefined) throw invalidInput(`${field}${fault}`, { field });
  return JSON.stringify(json);
}

/** Where and what is wrong, as the end of a sentence that begins with the field's name. */
function faultOf(json: unknown, depth: number): string | undefined {
  if (depth > PROPS_DEPTH_MAX) return ` is nested deeper than ${PROPS_DEPTH_MAX} levels`;
  if (json === null || typeof json === 'string' || typeof json === 'boolean') return undefined;
  if (typeof json === 'number') {
    if (Number.isFinite(json) && !Object.is(json, -0)) return undefined;
    return ` holds ${Object.is(json, -0) ? '-0' : json}, which JSON cannot hold`;
  }
  if (typeof json !== 'object') return ` is a ${typeof json}, which JSON cannot hold`;
  for (const [key, item] of Object.entries(json)) {
    const fault = faultOf(item, depth + 1);
    if (fault !== undefined) return `.${key}${fault}`;
  }
  return undefined;
}

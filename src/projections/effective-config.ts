import type { Json, JsonObject } from '../domain/values/value.ts';
import {
  compareFlat,
  flattenValues,
  isSameValue,
  type ValueComparison,
  type ValueDifference,
} from './compare-values.ts';

/**
 * Key of a config under which a client may state the values that hold where nobody chose others:
 * an object of the same shape as the config around it.
 */
export const DEFAULTS_KEY = '$defaults';

/** Whether a value is the one that was stated as the default, or one that somebody chose. */
export type ValueOrigin = 'DEFAULT' | 'OVERRIDE';

export interface ConfigDifference extends ValueDifference {
  /** Null where there is no value, or where the run states no defaults. */
  readonly aOrigin: ValueOrigin | null;
  readonly bOrigin: ValueOrigin | null;
}

/** What a run was configured with: its config, and its defaults where that says nothing. */
export function effectiveConfig(config: JsonObject): JsonObject {
  const defaults = defaultsOf(config);
  if (defaults === null) return config;
  const { [DEFAULTS_KEY]: _, ...own } = config;
  return merged(defaults, own);
}

/** Compares what two runs were configured with, and tells of each difference where it is from. */
export function compareConfigs(a: JsonObject, b: JsonObject): ValueComparison<ConfigDifference> {
  const [ofA, ofB] = [a, b].map(originsIn) as [OriginOf, OriginOf];
  const [flatA, flatB] = [effectiveConfig(a), effectiveConfig(b)].map(flattenValues);
  const { differences, equalCount } = compareFlat(flatA as FlatValues, flatB as FlatValues);
  return {
    equalCount,
    differences: differences.map((each) => ({
      ...each,
      aOrigin: ofA(each.path, each.a),
      bOrigin: ofB(each.path, each.b),
    })),
  };
}

type FlatValues = ReadonlyMap<string, Json>;
type OriginOf = (path: string, value: Json | undefined) => ValueOrigin | null;

function originsIn(config: JsonObject): OriginOf {
  const defaults = defaultsOf(config);
  if (defaults === null) return () => null;
  const flat = flattenValues(defaults);
  return (path, value) => {
    if (value === undefined) return null;
    return isSameValue(flat.get(path), value) ? 'DEFAULT' : 'OVERRIDE';
  };
}

function defaultsOf(config: JsonObject): JsonObject | null {
  const stated = Object.hasOwn(config, DEFAULTS_KEY) ? config[DEFAULTS_KEY] : undefined;
  return isObject(stated) ? stated : null;
}

/** Objects are merged at every level; of anything else the chosen value stands. */
function merged(defaults: JsonObject, own: JsonObject): JsonObject {
  const entries = new Map<string, Json>(Object.entries(defaults));
  for (const [key, value] of Object.entries(own)) {
    const under = entries.get(key);
    entries.set(key, isObject(under) && isObject(value) ? merged(under, value) : value);
  }
  return Object.fromEntries(entries);
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

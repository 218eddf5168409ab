import type { Value, ValueObject } from '../../domain/values/value.ts';
import { isValueObject } from './json-text.ts';

/** What begins a path in the middle of a text. */
const BREAK = String.raw`(?:^|[\s=,;"'([{])`;
const TRACES: readonly RegExp[] = [
  /** A path from the root of a disk, of somebody's home or of a share. */
  new RegExp(String.raw`${BREAK}(?:[/~]|[A-Za-z]:[\\/]|\\\\|file:)`, 'i'),
  /** A path that leads out of the project, or through the folder that holds people's homes. */
  /(?:^|[^A-Za-z0-9._-])(?:\.\.|home|users)[\\/]/i,
  /** An account at a host. `git@` belongs to nobody; `@sha256:` names an image's content. */
  /(?<![^\s/:=,;"'([{])(?!git@)[^\s@/:=,;"'([{]+@(?!sha256:)[^\s@]/,
];

/** Whether a text shows whose machine it came from. */
export function hasPersonalTraces(text: string): boolean {
  return TRACES.some((trace) => trace.test(text));
}

/** The value without every text that shows whose machine it came from. */
export function withoutTraces(value: Value): Value | undefined {
  if (typeof value === 'string') return hasPersonalTraces(value) ? undefined : value;
  if (Array.isArray(value)) {
    return value.map(withoutTraces).filter((item) => item !== undefined);
  }
  return isValueObject(value) ? objectWithoutTraces(value) : value;
}

export function objectWithoutTraces(object: ValueObject): ValueObject {
  const kept = Object.entries(object).flatMap(([key, value]) => {
    const clean = hasPersonalTraces(key) ? undefined : withoutTraces(value);
    return clean === undefined ? [] : [[key, clean] as const];
  });
  return Object.fromEntries(kept);
}

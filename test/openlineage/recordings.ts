import { readFileSync } from 'node:fs';
import { parseLosslessJson } from '../../src/domain/values/lossless-json.ts';
import type { Value } from '../../src/domain/values/value.ts';

export const RECORDINGS = ['airflow', 'dbt', 'python', 'spark'] as const;
export type Recording = (typeof RECORDINGS)[number];

/** The events that a real client sent, in the order that it sent them in. */
export function recordedEvents(name: Recording): Value[] {
  const file = new URL(`recordings/${name}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8').trim().split('\n').map(parseLosslessJson);
}

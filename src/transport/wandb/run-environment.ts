import type { ValueObject } from '../../domain/values/value.ts';
import { objectWithoutTraces } from './personal-traces.ts';

/**
 * What the SDK reports of the machine and what of it is no personal data. Anything else that it
 * reports (paths, arguments, accounts) is not taken.
 */
const ENVIRONMENT_FIELDS: readonly string[] = [
  'os',
  'python',
  'cpu_count',
  'cpu_count_logical',
  'cpu',
  'gpu',
  'gpu_count',
  'gpu_nvidia',
  'gpu_amd',
  'apple',
  'tpu',
  'cuda',
  'cudaVersion',
  'memory',
  'codePath',
  'docker',
];

/** The machine, without texts that lead to a person: the fields are the client's own words. */
export function environmentOf(reported: ValueObject): ValueObject {
  const entries = Object.entries(reported);
  const taken = entries.filter(([field]) => ENVIRONMENT_FIELDS.includes(field));
  return objectWithoutTraces(Object.fromEntries(taken));
}

import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { decodeValue, type Json, type Value, type ValueObject } from '../domain/values/value.ts';

/** Most kinds of accelerators that are told of one machine. */
export const ACCELERATORS_MAX = 64;

/** Accelerators of one make in a machine. */
export interface Accelerator {
  readonly name: string;
  readonly architecture: string | null;
  readonly memoryBytes: number | null;
  readonly count: number;
}

/** A container image; the digest says which bytes it was. */
export interface ContainerImage {
  readonly name: string;
  readonly digest: string | null;
}

/** What is known of the machine that a run ran on. What was not told is null or empty. */
export interface EnvironmentSnapshot {
  readonly os: string | null;
  readonly python: string | null;
  readonly cpu: string | null;
  readonly cpuCores: number | null;
  readonly cpuThreads: number | null;
  readonly memoryBytes: number | null;
  readonly accelerators: readonly Accelerator[];
  readonly cuda: string | null;
  readonly image: ContainerImage | null;
}

const IMAGE_DIGEST = /^(?<name>[^@]+)@(?<digest>sha256:[0-9a-f]{64})$/;

/**
 * Reads the environment in the words of the clients that report it: those of the wandb SDK, and
 * plain ones (`image`, `cuda`). A value of another shape tells nothing.
 */
export function environmentSnapshot({ props }: Pick<NodeRow, 'props'>): EnvironmentSnapshot {
  const said = objectOf(decodeValue((props.environment ?? {}) as Json));
  return {
    os: textOf(said.os),
    python: textOf(said.python),
    cpu: textOf(said.cpu) ?? textOf(objectOf(said.cpu).model),
    cpuCores: wholeOf(said.cpu_count),
    cpuThreads: wholeOf(said.cpu_count_logical),
    memoryBytes: bytesOf(objectOf(said.memory).total) ?? bytesOf(said.memory),
    accelerators: acceleratorsOf(said),
    cuda: textOf(said.cudaVersion) ?? textOf(said.cuda),
    image: imageOf(textOf(said.image) ?? textOf(said.docker)),
  };
}

/** Equal ones are counted, in the order of their first. */
function acceleratorsOf(said: ValueObject): Accelerator[] {
  const known = new Map<string, Accelerator>();
  for (const one of namedAccelerators(said)) {
    const key = JSON.stringify([one.name, one.architecture, one.memoryBytes]);
    const before = known.get(key)?.count ?? 0;
    if (before > 0 || known.size < ACCELERATORS_MAX) {
      known.set(key, { ...one, count: before + one.count });
    }
  }
  return [...known.values()];
}

function namedAccelerators(said: ValueObject): Accelerator[] {
  const listed = [
    ...listOf(said.gpu_nvidia).map((one) => accelerator(one.name, one)),
    ...listOf(said.gpu_amd).map((one) => accelerator(one.series ?? one.model, one)),
    accelerator(objectOf(said.tpu).name, objectOf(said.tpu)),
    accelerator(objectOf(said.apple).name, {}),
  ].flatMap((one) => one ?? []);
  if (listed.length > 0) return listed;
  const named = accelerator(said.gpu, { count: said.gpu_count ?? 1 });
  return named ? [named] : [];
}

function accelerator(name: Value | undefined, said: ValueObject): Accelerator | null {
  const named = textOf(name);
  if (named === null) return null;
  return {
    name: named,
    architecture: textOf(said.architecture),
    memoryBytes: bytesOf(said.memoryTotal),
    count: wholeOf(said.count) ?? 1,
  };
}

function imageOf(text: string | null): ContainerImage | null {
  if (text === null) return null;
  const { name, digest } = IMAGE_DIGEST.exec(text)?.groups ?? {};
  return { name: name ?? text, digest: digest ?? null };
}

function objectOf(value: Value | undefined): ValueObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as ValueObject) : {};
}

function listOf(value: Value | undefined): ValueObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function textOf(value: Value | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Counts stand in GraphQL's Int. */
function wholeOf(value: Value | undefined): number | null {
  const isCount = typeof value === 'number' && Number.isInteger(value);
  return isCount && value >= 0 && value < 2 ** 31 ? value : null;
}

/** The SDK writes sizes as texts of digits, since they may be large. */
function bytesOf(value: Value | undefined): number | null {
  const bytes = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

import { describe, expect, it } from 'vitest';
import { encodeValue, type Json, type Value, type ValueObject } from '../domain/values/value.ts';
import { ACCELERATORS_MAX, environmentSnapshot } from './environment-snapshot.ts';

const snapshotOf = (environment: Value) =>
  environmentSnapshot({ props: { environment: encodeValue(environment) as Json } });
const NOTHING = snapshotOf({});
const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('the snapshot of an environment', () => {
  it('reads the words of the wandb SDK', () => {
    const gpu = { name: 'NVIDIA H100', architecture: 'Hopper', memoryTotal: '85899345920' };
    expect(
      snapshotOf({
        os: 'Linux-6.1',
        python: 'CPython 3.11.7',
        cpu: { model: 'AMD EPYC' },
        cpu_count: 2,
        cpu_count_logical: 4,
        memory: { total: '25276514304' },
        gpu: 'NVIDIA H100',
        gpu_count: 2,
        gpu_nvidia: [
          { ...gpu, uuid: 'GPU-1' },
          { ...gpu, uuid: 'GPU-2' },
        ],
        cudaVersion: '12.4',
        docker: `ghcr.io/acme/train:1@${DIGEST}`,
      }),
    ).toEqual({
      os: 'Linux-6.1',
      python: 'CPython 3.11.7',
      cpu: 'AMD EPYC',
      cpuCores: 2,
      cpuThreads: 4,
      memoryBytes: 25_276_514_304,
      accelerators: [
        { name: 'NVIDIA H100', architecture: 'Hopper', memoryBytes: 85_899_345_920, count: 2 },
      ],
      cuda: '12.4',
      image: { name: 'ghcr.io/acme/train:1', digest: DIGEST },
    });
  });

  it('reads plain words', () => {
    const said = { cpu: 'M3', memory: 2 ** 36, gpu: 'one', gpu_count: 3, cuda: '11', image: 'x:1' };
    expect(snapshotOf(said)).toEqual({
      ...NOTHING,
      cpu: 'M3',
      memoryBytes: 2 ** 36,
      accelerators: [{ name: 'one', architecture: null, memoryBytes: null, count: 3 }],
      cuda: '11',
      image: { name: 'x:1', digest: null },
    });
  });

  it.each([
    ['nothing', {}],
    ['values of other shapes', { os: 1, cpu_count: 'x', memory: [], gpu_nvidia: {}, docker: {} }],
    [
      'counts that are none',
      { cpu_count: -1, cpu_count_logical: 2 ** 40, memory: { total: '-1' } },
    ],
    [
      'values that JSON lacks',
      { cpu_count: Number.NaN, memory: { total: Number.POSITIVE_INFINITY } },
    ],
  ])('knows nothing of %s', (_what, said) => {
    expect(snapshotOf(said)).toEqual(NOTHING);
  });

  it.each<[string, ValueObject, string, number]>([
    ['TPUs', { tpu: { name: 'v5e', count: 4 } }, 'v5e', 4],
    ['chips of Apple', { apple: { name: 'Apple M3', gpuCores: 10 } }, 'Apple M3', 1],
    ['GPUs of AMD', { gpu_amd: [{ series: 'MI300' }, { model: 'MI300' }] }, 'MI300', 2],
  ])('counts %s', (_what, said, name, count) => {
    expect(snapshotOf(said).accelerators).toEqual([
      { name, architecture: null, memoryBytes: null, count },
    ]);
  });

  it('has an end', () => {
    const gpu_nvidia = Array.from({ length: 100 }, (_, at) => ({ name: `g${at}` }));
    expect(snapshotOf({ gpu_nvidia }).accelerators).toHaveLength(ACCELERATORS_MAX);
  });
});

import { expect, it } from 'vitest';
import { encodeValue, type Value, type ValueObject } from '../domain/values/value.ts';
import { metricDefinitions } from './metric-definitions.ts';

const of = (m: Value) => metricDefinitions({ props: { client: { wandb: encodeValue({ m }) } } });

it('reads what the wandb SDK keeps of define_metric', () => {
  const kept: readonly ValueObject[] = [
    { '5': 2, '6': [1, 3], '7': [2, 1], '2': 'val/*', '8': 2 },
    { '1': 'epoch', '6': [2, 3], '7': [] },
    { '1': 'loss', '4': 'epoch', '7': [4], '8': 1 },
  ];
  expect(of([...kept])).toEqual([
    {
      name: 'val/*',
      nameKind: 'GLOB',
      stepMetric: 'epoch',
      isHidden: false,
      summary: ['MAX', 'MIN'],
      goal: 'MAXIMIZE',
    },
    {
      name: 'epoch',
      nameKind: 'EXACT',
      stepMetric: null,
      isHidden: true,
      summary: [],
      goal: null,
    },
    {
      name: 'loss',
      nameKind: 'EXACT',
      stepMetric: 'epoch',
      isHidden: false,
      summary: ['BEST'],
      goal: 'MINIMIZE',
    },
  ]);
});

it.each<[string, Value]>([
  ['no list', {}],
  ['no definitions', [1, null, 'x', [], {}, { '1': '' }]],
])('finds none in %s', (_what, m) => expect(of(m)).toEqual([]));

it('finds none in a run without notes', () => {
  expect(metricDefinitions({ props: {} })).toEqual([]);
  expect(metricDefinitions({ props: { client: null } })).toEqual([]);
});

it('does not follow a step or a flag that there is none of', () => {
  const [found] = of([{ '1': 'a', '5': 9, '7': [0, 99, 'x'], '8': 7 }]);
  expect(found).toMatchObject({ stepMetric: null, summary: [], goal: null });
});

import { describe, expect, test } from 'vitest';
import { compareConfigs, effectiveConfig } from './effective-config.ts';

const defaults = { lr: 0.01, opt: { name: 'sgd', decay: 0 }, layers: [1, 2] };

describe('what a run was configured with', () => {
  test('is its config, over its defaults at every level', () => {
    const config = { $defaults: defaults, lr: 0.1, opt: { decay: 5 }, layers: [9], own: true };
    expect(effectiveConfig(config)).toEqual({
      lr: 0.1,
      opt: { name: 'sgd', decay: 5 },
      layers: [9],
      own: true,
    });
  });

  test.each([[{ lr: 1 }], [{}], [{ $defaults: ['list'], lr: 1 }], [{ $defaults: null }]])(
    'is the config alone where it states no defaults: %j',
    (config) => {
      expect(effectiveConfig(config)).toEqual(config);
    },
  );
});

describe('two configs', () => {
  test('differ in what holds, whether it was chosen or left alone', () => {
    const a = { $defaults: defaults, lr: 0.1 };
    const b = { $defaults: { ...defaults, layers: [1, 3] }, opt: { name: 'adam' }, own: 1 };
    expect(compareConfigs(a, b)).toEqual({
      equalCount: 2,
      differences: [
        {
          ...{ path: '/layers/1', change: 'CHANGED', a: 2, b: 3 },
          ...{ aOrigin: 'DEFAULT', bOrigin: 'DEFAULT' },
        },
        {
          ...{ path: '/lr', change: 'CHANGED', a: 0.1, b: 0.01 },
          ...{ aOrigin: 'OVERRIDE', bOrigin: 'DEFAULT' },
        },
        {
          ...{ path: '/opt/name', change: 'CHANGED', a: 'sgd', b: 'adam' },
          ...{ aOrigin: 'DEFAULT', bOrigin: 'OVERRIDE' },
        },
        {
          ...{ path: '/own', change: 'ADDED', a: undefined, b: 1 },
          ...{ aOrigin: null, bOrigin: 'OVERRIDE' },
        },
      ],
    });
  });

  test('tell no origin where a run states no defaults', () => {
    const { differences } = compareConfigs({ lr: 1 }, { $defaults: { lr: 2 } });
    expect(differences).toEqual([
      { path: '/lr', change: 'CHANGED', a: 1, b: 2, aOrigin: null, bOrigin: 'DEFAULT' },
    ]);
  });
});

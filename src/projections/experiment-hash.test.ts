import { describe, expect, test } from 'vitest';
import { sha256 } from '../domain/digest.ts';
import type { JsonObject } from '../domain/values/value.ts';
import { experimentHash } from './experiment-hash.ts';

const code = { repository: 'https://git.example/net', commit: 'abc', dirty: false };
const config = { lr: 0.1, opt: { name: 'sgd', decay: 0 } };
const environment = { python: '3.12', packages: ['numpy==2.0'], gpu: 'one', host: 'x' };
const input = (id: string, digest?: string) => ({
  id,
  props: (digest === undefined ? {} : { digest }) as JsonObject,
});
const inputs = [input('dsv_a', 'sha256:aa'), input('dsv_b', 'sha256:bb')];

const hash = (props: JsonObject, read = inputs) => experimentHash({ props }, read);

test('the hash of an experiment is over exactly this text', () => {
  const text =
    '{"code":{"commit":"abc","repository":"https://git.example/net"},' +
    '"config":{"lr":0.1,"opt":{"decay":0,"name":"sgd"}},' +
    '"data":["dsv_c","sha256:aa","sha256:bb"],' +
    '"environment":{"packages":["numpy==2.0"],"python":"3.12"},"v":1}';
  const read = [input('dsv_c'), ...inputs];
  expect(hash({ code, config, environment }, read)).toBe(sha256(text));
});

describe('the same experiment', () => {
  const own = hash({ code, config, environment });

  test.each<[string, JsonObject]>([
    ['keys in another order', { code, config: { opt: { decay: 0, name: 'sgd' }, lr: 0.1 } }],
    ['a value left to its default', { code, config: { $defaults: config, lr: 0.1 } }],
    ['code not known to be dirty', { code: { ...code, dirty: null }, config }],
    ['another machine', { code, config, environment: { ...environment, gpu: 'two' } }],
    ['other names and results', { code, config, tags: ['x'], summary: { acc: 1 }, job: 'j' }],
  ])('stays the same with %s', (_what, props) => {
    expect(hash({ environment, ...props })).toBe(own);
  });

  test('reads the same data in any order, under any name, as often as it likes', () => {
    const [a, b] = inputs as [(typeof inputs)[0], (typeof inputs)[0]];
    const read = [b, a, input('dsv_other', 'sha256:aa'), b];
    expect(hash({ code, config, environment }, read)).toBe(own);
  });

  test.each<[string, JsonObject]>([
    ['one digit of the config', { code, config: { ...config, lr: 0.10000001 } }],
    ['one value more', { code, config: { ...config, seed: 1 } }],
    ['another commit', { code: { ...code, commit: 'abd' }, config }],
    ['another repository', { code: { ...code, repository: null }, config }],
    ['no commit', { config }],
    ['another package', { code, config, environment: { packages: ['numpy==2.1'] } }],
    ['an image', { code, config, environment: { ...environment, image: 'sha256:cc' } }],
  ])('is another one with %s', (_what, props) => {
    const other = hash({ environment, ...props });
    expect(other).toMatch(/^sha256:/);
    expect(other).not.toBe(own);
  });

  test('is another one with other data', () => {
    for (const read of [[], inputs.slice(1), [...inputs, input('dsv_x')]]) {
      expect(hash({ code, config, environment }, read)).not.toBe(own);
    }
  });
});

test.each<[string, JsonObject]>([
  ['states neither config nor commit', { environment }],
  ['has an empty config and code without a commit', { config: {}, code: { repository: 'r' } }],
  ['has an empty object of defaults', { config: { $defaults: {} } }],
  ['ran code that differed from the commit', { config, code: { ...code, dirty: true } }],
])('a run that %s has no hash', (_what, props) => {
  expect(hash(props)).toBeNull();
});

test('counts a list of packages that is on record by its digest', () => {
  const of = (packages: string | null) =>
    experimentHash({ props: { config, ...(packages && { packages: { digest: packages } }) } }, []);
  expect(of('sha256:a')).not.toBe(of(null));
  expect(of('sha256:a')).not.toBe(of('sha256:b'));
  expect(of('sha256:a')).toBe(of('sha256:a'));
});

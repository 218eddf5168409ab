import { describe, expect, it } from 'vitest';
import { hasPersonalTraces, withoutTraces } from './personal-traces.ts';

describe('traces of a person in a text', () => {
  it.each([
    '/home/alice/train.py',
    'home/alice/train.py',
    'code/home/alice/train.py',
    '~/train.py',
    '../alice/train.py',
    'C:\\Users\\alice\\train.py',
    'Users/alice/train.py',
    '\\\\share\\alice',
    'file:///srv/alice',
    'python /srv/train.py',
    '--data=/srv/alice',
    "['/srv/alice']",
    'alice@box7',
    'mail alice@example.org',
    'https://alice:pw@example.org/a',
    'ssh://alice@example.org/a',
    'alice@registry/image',
  ])('are seen in %s', (text) => {
    expect(hasPersonalTraces(text)).toBe(true);
  });

  it.each([
    'train.py',
    'code/src/train.py',
    'Linux-6.1.0-x86_64-with-glibc2.36',
    'CPython 3.11.7',
    'Intel(R) Xeon(R) CPU @ 2.20GHz',
    'NVIDIA A100-SXM4-80GB',
    'registry.example.org:5000/ml/train:1.2',
    `ml/train@sha256:${'0'.repeat(64)}`,
    'homepage/a',
    'numpy==1.26.4',
    'a @ git+ssh://git@example.org/a.git',
  ])('are not seen in %s', (text) => {
    expect(hasPersonalTraces(text)).toBe(false);
  });

  it('are taken out of values at any depth', () => {
    const value = { a: ['x', '/home/alice'], b: { c: 'alice@box7', d: 1 }, '/home/alice': 1n };
    expect(withoutTraces(value)).toEqual({ a: ['x'], b: { d: 1 } });
    expect(withoutTraces('alice@box7')).toBeUndefined();
    expect(withoutTraces(null)).toBeNull();
  });
});

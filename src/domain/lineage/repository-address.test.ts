import { describe, expect, it } from 'vitest';
import { publicRepositoryAddress } from './repository-address.ts';

describe('the public address of a repository', () => {
  it.each([
    ['https://example.org/a/b.git', 'https://example.org/a/b.git'],
    ['https://alice:secret@example.org/a/b.git', 'https://example.org/a/b.git'],
    ['https://token@example.org/a/b.git', 'https://example.org/a/b.git'],
    ['https://example.org/a/b.git?access_token=x#y', 'https://example.org/a/b.git'],
    ['git@example.org:a/b.git', 'git@example.org:a/b.git'],
    ['alice@example.org:a/b.git', 'example.org:a/b.git'],
    ['ssh://git@example.org/a/b.git', 'ssh://git@example.org/a/b.git'],
    ['ssh://alice:pw@example.org:22/a/b.git', 'ssh://example.org:22/a/b.git'],
    ['/home/alice/code/b', null],
    ['file:///home/alice/code/b', null],
    ['../b', null],
  ])('of %s is %s', (address, expected) => {
    expect(publicRepositoryAddress(address)).toBe(expected);
  });

  it('has a bounded length', () => {
    expect(() => publicRepositoryAddress(`https://h/${'x'.repeat(3_000)}`)).toThrow(/at most/);
  });
});

import { describe, expect, it } from 'vitest';
import { FACT_TYPES } from '../../src/domain/audit/fact-types.ts';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import { canonicalJson } from '../../src/domain/values/canonical-json.ts';
import { openTestScratch } from '../support/open-scratch.ts';
import { goldenReleases, replayGolden } from './golden-log.ts';

describe.each(goldenReleases())('the golden log of $release', ({ facts, digests }) => {
  it('makes the graph that it made when it was written', async () => {
    const { state, content, nodes, edges } = await replayGolden(facts, await openTestScratch());
    expect({ state, content, nodes, edges }).toEqual(digests);
  });

  it('holds canonical leaves', () => {
    for (const { leaf } of facts) {
      expect(canonicalJson(parseLeaf(Buffer.from(leaf)) as never)).toBe(leaf);
    }
  });
});

/**
 * Types that no release has written yet: the golden log of the coming one plays them, and with it
 * this list is empty again.
 */
const COMING: readonly string[] = ['openlineage.recorded@1'];

it('covers every type and version of fact', () => {
  const named = goldenReleases()
    .flatMap(({ facts }) => facts)
    .map(({ leaf }) => parseLeaf(Buffer.from(leaf)))
    .map(({ type, typeVersion }) => `${type}@${typeVersion}`);
  const known = FACT_TYPES.map(({ type, version }) => `${type}@${version}`);
  expect([...new Set(named), ...COMING].sort()).toEqual([...known].sort());
});

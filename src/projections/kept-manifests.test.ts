import { describe, expect, test } from 'vitest';
import { openTestHub } from '../../test/support/open-hub.ts';
import { sealManifest } from '../domain/lineage/manifest.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { KEPT_FILES_MAX, KeptManifests, LARGE_MANIFEST_FILES } from './kept-manifests.ts';

/** Manifests in a real store that tells how many were read, and at most at a time. */
async function open(counts: readonly number[]) {
  const { hub } = await openTestHub();
  const versions = [];
  for (const [at, count] of counts.entries()) {
    const files = Array.from({ length: count }, (_, number) => ({
      ...{ path: `${at}/${number}`, size: 1, ref: '', refDigest: '' },
    }));
    const { digest, bytes } = sealManifest(files);
    await hub.objects.put(bytes);
    versions.push({ name: `v${at}`, props: { digest, fileCount: count } });
  }
  const seen = { reads: 0, now: 0, most: 0 };
  const read: ObjectStore['read'] = async (digest, sizeMax) => {
    seen.reads += 1;
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    try {
      return await hub.objects.read(digest, sizeMax);
    } finally {
      seen.now -= 1;
    }
  };
  const objects = { read } as ObjectStore;
  return { versions, seen, kept: new KeptManifests(objects) };
}

describe('kept manifests', () => {
  test('one that many ask for at once is read once', async () => {
    const { versions, seen, kept } = await open([3]);
    const [version] = versions as [(typeof versions)[number]];
    const all = await Promise.all(Array.from({ length: 60 }, () => kept.filesOf(version)));
    expect(all.map((files) => files.length)).toEqual(Array.from({ length: 60 }, () => 3));
    await kept.filesOf(version);
    expect(seen.reads).toBe(1);
    const none = { name: 'v', props: { digest: version.props.digest } };
    expect(await kept.filesOf(none)).toEqual([]);
  });

  test('large ones are read one at a time, small ones meanwhile', async () => {
    const large = LARGE_MANIFEST_FILES + 1;
    const { versions, seen, kept } = await open([large, large, large]);
    const found = await Promise.all(versions.map((version) => kept.filesOf(version)));
    expect(found.map((files) => files[0]?.path)).toEqual(['0/0', '1/0', '2/0']);
    expect(seen).toEqual({ reads: 3, now: 0, most: 1 });
  });

  test('one that cannot be read fails for its readers alone, and is tried again', async () => {
    const { versions, seen, kept } = await open([2]);
    const lost = {
      name: 'lost',
      props: { digest: `sha256:${'0'.repeat(64)}`, fileCount: KEPT_FILES_MAX },
    };
    await expect(kept.filesOf(lost)).rejects.toThrow(/is missing/);
    await expect(kept.filesOf(lost)).rejects.toThrow(/is missing/);
    expect(await kept.filesOf(versions[0] as (typeof versions)[number])).toHaveLength(2);
    expect(seen.reads).toBe(3);
  });
});

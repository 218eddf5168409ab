import { expect, test } from 'vitest';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { NodeQuery } from '../../ports/lineage-store.ts';
import { artifactTypeConnection, COLLECTIONS_LOOKED_AT_MAX } from './project-collections.ts';
import type { WandbContext } from './wandb-context.ts';

/** Many more than are looked at, so that only the limit ends the loop. */
const ASKED_MAX = 100;

test('collections that this door cannot name count as looked at', async () => {
  let asked = 0;
  const list = async ({ limit }: NodeQuery) => {
    asked += 1;
    if (asked > ASKED_MAX) return [];
    const row = { kind: 'DATASET', name: 's3://lake/a', props: {}, since: 0 };
    return Array.from({ length: limit }, (_, n) => ({ ...row, id: `d_${asked}_${n}` }));
  };
  const context = { hub: { store: { list } }, reader: { scope: { all: true } } };
  const project = { id: 'prj', name: 'p' } as NodeRow;
  await artifactTypeConnection(project, {}, context as unknown as WandbContext);
  expect(asked * 1_000).toBe(COLLECTIONS_LOOKED_AT_MAX);
});

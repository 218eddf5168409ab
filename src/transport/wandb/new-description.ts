import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { personalTextOf } from './personal-texts.ts';
import type { WandbContext } from './wandb-context.ts';

/**
 * What a description that a client sends changes: nothing when it is null or known already. An
 * empty one takes the known one away. It is kept under the key of the one who writes it.
 */
export async function newDescription(
  { props }: Pick<NodeRow, 'props'>,
  description: string | null | undefined,
  { hub, reader }: WandbContext,
) {
  if (description === null || description === undefined) return { clear: [] };
  if (description === '') return { clear: ['description'] as const };
  if (description === (await personalTextOf(hub, props, 'description'))) return { clear: [] };
  return { clear: [], personal: [{ person: reader.actor.ref, values: { description } }] };
}

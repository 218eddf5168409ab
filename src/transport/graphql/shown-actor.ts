import { type ActorRef, SYSTEM_ACTOR } from '../../domain/actor.ts';
import type { GraphContext } from './graph-context.ts';

/** Name of the hub itself where it acts. */
export const SYSTEM_NAME = 'system';
/** Name of an actor of whom no more than the pseudonym is known. */
export const UNKNOWN_NAME = 'unknown';

export interface ShownActor {
  readonly __typename: 'Actor';
  readonly id: ActorRef;
  readonly name: string;
}

/** An actor by pseudonym. Facts name actors for ever, so there is an answer to each of them. */
export async function showActor(ref: ActorRef, { loaders }: GraphContext): Promise<ShownActor> {
  if (ref === SYSTEM_ACTOR.ref) return { __typename: 'Actor', id: ref, name: SYSTEM_NAME };
  const row = await loaders.node.load(ref);
  return { __typename: 'Actor', id: ref, name: row?.name ?? UNKNOWN_NAME };
}

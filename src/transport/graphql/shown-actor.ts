import type { ActorRef } from '../../domain/actor.ts';

/** Name of the hub itself where it acts. */
export const SYSTEM_NAME = 'system';
/** Name of an actor of whom no more than the pseudonym is known. */
export const UNKNOWN_NAME = 'unknown';

export interface ShownActor {
  readonly __typename: 'Actor';
  readonly id: ActorRef;
}

/** An actor by pseudonym. Facts name actors for ever, so there is an answer to each of them. */
export function showActor(ref: ActorRef): ShownActor {
  return { __typename: 'Actor', id: ref };
}

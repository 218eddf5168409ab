import type { ActorRef } from '../../domain/actor.ts';

export interface ShownActor {
  readonly __typename: 'Actor';
  readonly id: ActorRef;
}

/** An actor by pseudonym. Facts name actors for ever, so there is an answer to each of them. */
export function showActor(ref: ActorRef): ShownActor {
  return { __typename: 'Actor', id: ref };
}

/** Pseudonym of a person or a service: `act:<uuid>`. */
export type ActorRef = `act:${string}`;

export type ActorKind = 'PERSON' | 'SERVICE' | 'SYSTEM';

/** Who is asking, as the door that authenticated them states it. Stands in each leaf. */
export interface Actor {
  readonly ref: ActorRef;
  readonly kind: ActorKind;
  /** What proved it: the id of an API key, a session, or `system` for the hub itself. */
  readonly via: string;
  /** Seconds since the person last proved who they are; null for keys. */
  readonly authAgeS: number | null;
  /** Whom the actor stands in for, if anybody. */
  readonly onBehalfOf: ActorRef | null;
}

/** The hub acting by itself: at genesis, by timers, by policies. */
export const SYSTEM_ACTOR: Actor = {
  ref: 'act:00000000-0000-0000-0000-000000000000',
  kind: 'SYSTEM',
  via: 'system',
  authAgeS: null,
  onBehalfOf: null,
};

import type { ActorRef } from '../../domain/actor.ts';
import { DomainError } from '../../domain/errors.ts';

/** Most requests of one actor that are answered at once; later ones wait for their turn. */
export const REQUESTS_AT_ONCE_MAX = 8;
/** Most requests of one actor that wait. */
export const REQUESTS_WAITING_MAX = 128;

interface Turns {
  running: number;
  readonly waiting: Array<() => void>;
}

/** Lets nobody take all of the hub: each actor has a few requests answered at once. */
export class RequestTurns {
  readonly #turns = new Map<ActorRef, Turns>();

  /** Does the work when it is the actor's turn. BACKPRESSURE when too many wait already. */
  async take<T>(actor: ActorRef, work: () => Promise<T>): Promise<T> {
    await this.#wait(actor);
    try {
      return await work();
    } finally {
      this.#end(actor);
    }
  }

  async #wait(actor: ActorRef): Promise<void> {
    const turns = this.#turns.get(actor) ?? { running: 0, waiting: [] };
    this.#turns.set(actor, turns);
    if (turns.running < REQUESTS_AT_ONCE_MAX) {
      turns.running += 1;
      return;
    }
    if (turns.waiting.length >= REQUESTS_WAITING_MAX) {
      const text = `${REQUESTS_WAITING_MAX} requests of this actor wait already`;
      throw new DomainError('BACKPRESSURE', `${text}: send fewer at once`);
    }
    // Whoever ends hands the turn on, so that the count stays.
    await new Promise<void>((resolve) => {
      turns.waiting.push(resolve);
    });
  }

  #end(actor: ActorRef): void {
    const turns = this.#turns.get(actor);
    if (!turns) return;
    const next = turns.waiting.shift();
    if (next) next();
    else turns.running -= 1;
    if (turns.running === 0) this.#turns.delete(actor);
  }
}

import type { Actor } from '../../domain/actor.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { type Access, accessOf } from '../../domain/governance/permissions.ts';
import { instantFromMs } from '../../domain/time.ts';
import { refuseEndedKey } from '../../ledger/authorize.ts';
import { credentialOf, keyIn, type Proven, proveActor } from '../http/authenticate.ts';
import type { Hub } from '../hub.ts';

/** Senders that are remembered for the time when the graph store is away. */
export const SENDERS_REMEMBERED_MAX = 1_000;
/** How long a sender is taken by what was known, after the graph store told of them last. */
export const SENDER_REMEMBERED_MS = 60 * 60_000;
/** How long a remembered sender waits for a graph store that does not answer. */
export const GRAPH_WAIT_MS = 1_500;
/** How long the graph store is not asked again after it was away. */
export const GRAPH_PAUSE_MS = 2_000;

/** Who sends, and what they may do as far as is known. */
export interface Sender {
  readonly actor: Actor;
  readonly access: Access;
  /** `away`: by what was known before; what they send is checked again when it is recorded. */
  readonly graph: 'there' | 'away';
}

interface Remembered {
  readonly proven: Proven;
  readonly atMs: number;
}

type SenderHub = Pick<Hub, 'store' | 'operational' | 'clock' | 'log' | 'roles'>;

/**
 * Proves who sends. While the graph store is away, those that it told of a short time ago are
 * taken by what it said. No harm is done by a key that was revoked since: what it sent is only
 * kept, and refused when it would go on record.
 */
export class Senders {
  readonly #hub: SenderHub;
  readonly #remembered = new Map<string, Remembered>();
  #awayUntilMs = 0;

  constructor(hub: SenderHub) {
    this.#hub = hub;
  }

  async prove(header: string | undefined): Promise<Sender> {
    const before = header === undefined ? undefined : this.#remembered.get(header);
    try {
      const proven = await this.#ask(header, before);
      if (header !== undefined) this.#remember(header, proven);
      return this.#senderOf(proven, 'there');
    } catch (error) {
      if (!isAway(error) || before === undefined || header === undefined) throw error;
      return this.#fromMemory(header, before, error);
    }
  }

  /** What has to be known of the graph, or null when it is away. */
  async look<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await this.#bounded(ask);
    } catch (error) {
      if (isAway(error)) return null;
      throw error;
    }
  }

  #ask(header: string | undefined, before: Remembered | undefined): Promise<Proven> {
    const ask = () => proveActor(header, this.#hub);
    return before === undefined ? ask() : this.#bounded(ask);
  }

  async #bounded<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#hub.clock.nowMs() < this.#awayUntilMs) throw away();
    try {
      return await withinMs(ask(), GRAPH_WAIT_MS);
    } catch (error) {
      if (isAway(error)) this.#awayUntilMs = this.#hub.clock.nowMs() + GRAPH_PAUSE_MS;
      throw error;
    }
  }

  /** The operational store still has to know the key: it may have been away instead. */
  async #fromMemory(header: string, before: Remembered, error: unknown): Promise<Sender> {
    const { operational, clock } = this.#hub;
    if (clock.nowMs() - before.atMs > SENDER_REMEMBERED_MS) throw error;
    await withinMs(credentialOf(keyIn(header), { operational }), GRAPH_WAIT_MS);
    const sender = this.#senderOf(before.proven, 'away');
    refuseEndedKey(sender.access, instantFromMs(clock.nowMs()));
    return sender;
  }

  #senderOf({ actor, agent }: Proven, graph: Sender['graph']): Sender {
    return { actor, access: accessOf(agent.props, actor.via, this.#hub.roles), graph };
  }

  #remember(header: string, proven: Proven): void {
    this.#remembered.delete(header);
    if (this.#remembered.size >= SENDERS_REMEMBERED_MAX) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    this.#remembered.set(header, { proven, atMs: this.#hub.clock.nowMs() });
  }
}

function away(): DomainError {
  return new DomainError('UNAVAILABLE', 'the graph store does not answer');
}

function isAway(error: unknown): boolean {
  return isDomainError(error) && error.code === 'UNAVAILABLE';
}

/** The result, or UNAVAILABLE when it takes too long. */
async function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(away()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

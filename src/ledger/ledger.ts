import { createHmac } from 'node:crypto';
import { type Actor, type ActorRef, SYSTEM_ACTOR } from '../domain/actor.ts';
import { FACT_ID_CHANCE_BYTES, factIdOf } from '../domain/audit/fact-id.ts';
import { refusalsCounted } from '../domain/audit/facts/refusal.ts';
import type { PersonalValues } from '../domain/audit/personal.ts';
import {
  type SealedPersonal,
  SIDECAR_CHANCE_BYTES,
  sealPersonal,
} from '../domain/audit/sidecar.ts';
import { type Digest, sha256 } from '../domain/digest.ts';
import type { DomainError } from '../domain/errors.ts';
import type { RoleTable } from '../domain/governance/permissions.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { instantFromMs } from '../domain/time.ts';
import { canonicalJson } from '../domain/values/canonical-json.ts';
import { checkName } from '../domain/values/text.ts';
import type { Json } from '../domain/values/value.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PersonKeys } from '../ports/person-keys.ts';
import { type Command, type CommandInput, fact, type Receipt } from './command.ts';
import { Committer } from './committer.ts';
import type { Entry } from './decide-entry.ts';
import type { Lane } from './lanes.ts';
import { type CountedRefusals, REFUSAL_WINDOW_MS, RefusalTally } from './refusal-tally.ts';

export interface LedgerDependencies {
  readonly org: string;
  readonly store: LineageStore;
  readonly objects: ObjectStore;
  readonly personKeys: PersonKeys;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** What each role permits. */
  readonly roles: RoleTable;
}

export interface Submission<I extends CommandInput> {
  readonly command: Command<I>;
  readonly input: I;
  readonly actor: Actor;
  readonly idempotencyKey?: string | null | undefined;
  /** Interactive when left out. */
  readonly lane?: Lane | undefined;
}

/** A refusal of a door. */
export interface DoorRefusal {
  /** Name of the operation that was asked for. */
  readonly operation: string;
  readonly actor: Actor;
  /** What the client is told: FORBIDDEN, GATE_CLOSED or CONFLICT. */
  readonly error: DomainError;
  /** The nodes that it was about, the subject first. */
  readonly about: readonly NodeId[];
}

/** The write path: every change of state goes through `submit`, and nothing else writes. */
export class Ledger {
  readonly #deps: LedgerDependencies;
  readonly #tally = new RefusalTally();
  readonly #committer: Committer;
  #tallyTimer: NodeJS.Timeout | null = null;

  constructor(deps: LedgerDependencies) {
    this.#deps = deps;
    this.#committer = new Committer({ ...deps, tally: this.#tally });
  }

  /**
   * Decides the command against the present state and puts the decision on record. Resolves
   * after the fact is durable; rejects with a DomainError when it was refused.
   */
  async submit<I extends CommandInput>(submission: Submission<I>): Promise<Receipt> {
    const entry = await this.#entryOf(submission);
    try {
      return await this.#committer.commit(entry, submission.lane);
    } finally {
      if (entry.refusalNoted === 'count') this.#watchTally();
    }
  }

  /**
   * Puts on record that a door refused a request before any command was made of it. The error is
   * the door's own; equal refusals are counted as those of commands are.
   */
  async refuse({ operation, actor, error, about }: DoorRefusal): Promise<void> {
    const command: Command<CommandInput> = {
      operation,
      wants: () => ({ nodes: about }),
      requires: () => [],
      decide: () => {
        throw error;
      },
    };
    await this.submit({ command, input: {}, actor }).catch((refused: unknown) => {
      if (refused !== error) throw refused;
    });
  }

  /** Records what the tally holds and waits for everything under way. */
  async close(): Promise<void> {
    if (this.#tallyTimer) clearTimeout(this.#tallyTimer);
    this.#tallyTimer = null;
    await this.#record(this.#tally.takeAll(this.#deps.clock.nowMs()));
    await this.#committer.idle();
  }

  /** Records the counts of refusal windows that have ended; a timer calls this. */
  async recordEndedRefusals(): Promise<void> {
    await this.#record(this.#tally.takeEnded(this.#deps.clock.nowMs()));
  }

  async #entryOf<I extends CommandInput>(submission: Submission<I>): Promise<Entry> {
    const { command, input, actor } = submission;
    const { clock, ids } = this.#deps;
    const factId = factIdOf(clock.nowMs(), ids.bytes(FACT_ID_CHANCE_BYTES));
    const key = submission.idempotencyKey ?? null;
    if (key !== null) checkName(key, 'the idempotency key');
    const people = (input.personal ?? []).map(({ person }) => person);
    if (new Set(people).size !== people.length) {
      throw new Error('a person has one part in a fact');
    }
    const keys = await this.#personKeysOf(input.personal ?? []);
    return {
      command: command as unknown as Command<CommandInput>,
      input,
      request: {
        factId,
        org: this.#deps.org,
        actor,
        operation: command.operation,
        idempotencyKey: key,
        inputDigest: key === null ? null : digestOfInput(statedOf(command, input), keys),
        personal: (input.personal ?? []).map((values) => this.#seal(values, factId, keys)),
      },
      last: null,
      refusalNoted: null,
    };
  }

  async #personKeysOf(personal: readonly PersonalValues[]): Promise<Map<ActorRef, Buffer>> {
    const keys = new Map<ActorRef, Buffer>();
    for (const { person } of personal) {
      keys.set(person, await this.#deps.personKeys.obtain(person));
    }
    return keys;
  }

  #seal(values: PersonalValues, factId: string, keys: Map<ActorRef, Buffer>): SealedPersonal {
    const key = keys.get(values.person) as Buffer;
    return sealPersonal(values, factId, {
      key,
      chance: this.#deps.ids.bytes(SIDECAR_CHANCE_BYTES),
    });
  }

  #watchTally(): void {
    if (this.#tallyTimer) return;
    this.#tallyTimer = setTimeout(() => {
      this.#tallyTimer = null;
      this.recordEndedRefusals()
        .catch((error: unknown) => {
          this.#deps.log.error({ error: String(error) }, 'counted refusals were not recorded');
        })
        .finally(() => {
          if (this.#tally.counts) this.#watchTally();
        });
    }, REFUSAL_WINDOW_MS);
    this.#tallyTimer.unref();
  }

  async #record(counted: readonly CountedRefusals[]): Promise<void> {
    for (const [at, input] of counted.entries()) {
      try {
        await this.submit<CountInput>({ command: countRefusals, input, actor: SYSTEM_ACTOR });
      } catch (error) {
        this.#tally.giveBack(counted.slice(at));
        throw error;
      }
    }
  }
}

const INPUT_SEPARATOR = 'ledgerline/input/v1';

/** What the client stated, without what the hub worked out by itself. */
function statedOf<I extends CommandInput>({ derived = [] }: Command<I>, input: I): CommandInput {
  const stated = Object.entries(input).filter(([field]) => !derived.includes(field));
  return Object.fromEntries(stated) as CommandInput;
}

/**
 * Digest of what was asked for. Personal values stand in it as HMACs under the person's key, so
 * that nobody can guess them from the leaf once the key is gone.
 */
function digestOfInput(input: CommandInput, keys: ReadonlyMap<ActorRef, Buffer>): Digest {
  const personal = (input.personal ?? []).map(({ person, values }) => [
    person,
    createHmac('sha256', keys.get(person) as Buffer)
      .update(canonicalJson(values))
      .digest('base64url'),
  ]);
  // A field that a later release adds and a client leaves out must not make a retry another input.
  const stated = Object.entries(input).filter(([, value]) => value !== null);
  const content = { ...(Object.fromEntries(stated) as Record<string, Json>), personal };
  return sha256(canonicalJson([INPUT_SEPARATOR, content]));
}

interface CountInput extends CommandInput, CountedRefusals {}

const countRefusals: Command<CountInput> = {
  operation: 'countRefusals',
  wants: () => ({}),
  requires: () => [{ permission: 'access.manage', place: {} }],
  decide: ({ operation, code, actor, subject, count, fromMs, untilMs, projects }) =>
    fact(refusalsCounted, {
      data: {
        operation,
        code,
        actor,
        subject,
        count,
        from: instantFromMs(fromMs),
        until: instantFromMs(untilMs),
      },
      projects,
      subject: null,
    }),
};

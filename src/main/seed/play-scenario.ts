import { ClientError } from '../client/client-error.ts';
import type { HubClient } from '../client/hub-client.ts';
import { type Act, type Known, keyOfAct } from './act.ts';
import { type ActOnRecord, ActsOnRecord } from './acts-on-record.ts';
import { CharacterKeys } from './character-keys.ts';
import { actsOf } from './scenario-acts.ts';
import type { Scenario } from './scenario-format.ts';

/** What playing a scenario led to. */
export interface Played {
  /** Acts that were done just now. */
  readonly done: number;
  /** Acts that the log held already. */
  readonly already: number;
  /** Indexes of the facts of all acts, in the order of the acts. */
  readonly indexes: readonly number[];
  readonly known: Known;
}

/** Does whatever of a scenario is not on record yet. Every act is one request and one fact. */
export async function playScenario(hub: HubClient, scenario: Scenario): Promise<Played> {
  const { viewer } = await hub.ask<{ viewer: { id: string } }>('viewer');
  const play = new Play(hub, scenario, viewer.id);
  try {
    return await play.run();
  } finally {
    await play.keys.end();
  }
}

class Play {
  readonly keys: CharacterKeys;
  readonly #hub: HubClient;
  readonly #scenario: Scenario;
  /** Id of the administrator whose key it is. */
  readonly #seeder: string;
  readonly #ids = new Map<string, string>();
  readonly #indexes: number[] = [];
  readonly #records = new Map<string, ActsOnRecord>();
  #anchor: string | null = null;
  #done = 0;

  constructor(hub: HubClient, scenario: Scenario, seeder: string) {
    this.#hub = hub;
    this.#seeder = seeder;
    this.#scenario = scenario;
    this.keys = new CharacterKeys(hub, scenario.team);
  }

  async run(): Promise<Played> {
    const acts = actsOf(this.#scenario);
    for (const act of acts) {
      const found = await this.#recordOf(act);
      this.#learn(act, found ?? (await this.#do(act)));
      if (!found) this.#done += 1;
    }
    const already = acts.length - this.#done;
    return { done: this.#done, already, indexes: this.#indexes, known: this.#known() };
  }

  async #recordOf(act: Act): Promise<ActOnRecord | null> {
    return (await this.#recordsOf(act.by)).find(act, this.#known());
  }

  /** The acts of an account that this scenario made, or of whoever seeds now; nobody else's. */
  async #recordsOf(account: string | null): Promise<ActsOnRecord> {
    const kept = this.#records.get(account ?? '');
    if (kept) return kept;
    const actor = account === null ? this.#seeder : this.#actor(account);
    const read = await ActsOnRecord.of(this.#hub, actor, this.#scenario.scenario);
    this.#records.set(account ?? '', read);
    return read;
  }

  #actor(account: string): string {
    return this.#known().id(`actor/${account}`);
  }

  #learn({ gives }: Act, { index, subject, recordedAt }: FactOfAct): void {
    this.#indexes.push(index);
    this.#anchor ??= recordedAt;
    if (gives !== null && subject !== null) this.#ids.set(gives, subject);
  }

  #known(): Known {
    const id = (name: string) => {
      const found = this.#ids.get(name);
      if (found !== undefined) return found;
      throw new ClientError(`nothing is known of ${name}, which an earlier act was to make`);
    };
    return { id, anchor: this.#anchor ?? '' };
  }

  async #do(act: Act): Promise<FactOfAct> {
    const { by, document, refused } = act;
    const as = by === null ? this.#hub : await this.keys.clientOf(by, this.#actor(by));
    const idempotencyKey = keyOfAct(this.#scenario.scenario, act);
    const input = { ...act.input(this.#known()), idempotencyKey };
    const asked = as.ask<Record<string, { fact: FactAnswer | null }>>(document, { input });
    if (refused !== null) return this.#refusal(act, asked);
    const { fact } = (await asked.catch((error: unknown) => inAct(act, error)))[document] ?? {};
    if (!fact || fact.index <= (this.#indexes.at(-1) ?? -1)) {
      throw new ClientError(
        `the act ${act.name} changed nothing, as what it makes is there already; ` +
          'each act of a scenario must be a fact of its own',
      );
    }
    const { index, recordedAt, subjectId: subject } = fact;
    return { index, recordedAt, subject };
  }

  /** An act that is meant to be refused; its fact is then in the log of the account. */
  async #refusal(act: Act, asked: Promise<unknown>): Promise<ActOnRecord> {
    const { by, name, refused } = act;
    const error: unknown = await asked.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ClientError) || error.code !== refused) {
      const what = error === null ? 'was not refused at all' : (error as Error).message;
      throw new ClientError(`the act ${name} was to be refused as ${refused}: ${what}`);
    }
    this.#records.delete(by ?? '');
    const found = await this.#recordOf(act);
    if (found) return found;
    throw new ClientError(`the refusal of ${name} is not in the audit log`);
  }
}

type FactOfAct = Pick<ActOnRecord, 'index' | 'recordedAt' | 'subject'>;

interface FactAnswer {
  readonly index: number;
  readonly recordedAt: string;
  readonly subjectId: string | null;
}

/** Says which act a refusal belongs to; what the hub says of it stays as it is. */
function inAct({ name }: Act, error: unknown): never {
  if (!(error instanceof ClientError)) throw error;
  const begun = '; if this scenario made it, go on with the key that began it';
  error.message = `${name}: ${error.message}${error.code === 'CONFLICT' ? begun : ''}`;
  throw error;
}

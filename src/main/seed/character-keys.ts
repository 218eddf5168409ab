import type { HubClient } from '../client/hub-client.ts';
import { hubClient } from '../client/hub-client.ts';
import { tell } from '../client/say.ts';
import { shiftedBy } from './act.ts';

/** Keys are ended when a scenario is played; if it is cut off, they end by themselves. */
export const CHARACTER_KEY_LIFE_MS = 60 * 60 * 1000;

interface MadeKey {
  readonly createApiKey: { readonly key: string | null; readonly apiKey: { readonly id: string } };
}

/** Keys with which the accounts of a scenario act in their own names. They are kept nowhere. */
export class CharacterKeys {
  readonly #hub: HubClient;
  readonly #team: string;
  readonly #clients = new Map<string, HubClient>();
  readonly #ids: string[] = [];

  constructor(hub: HubClient, team: string) {
    this.#hub = hub;
    this.#team = team;
  }

  /** The hub as an account may use it. Its key is made when it has something to do. */
  async clientOf(account: string, actor: string): Promise<HubClient> {
    const kept = this.#clients.get(account);
    if (kept) return kept;
    const expiresAt = shiftedBy(new Date().toISOString(), CHARACTER_KEY_LIFE_MS);
    const input = { actor, expiresAt, scope: `team/${this.#team}` };
    const { createApiKey: made } = await this.#hub.ask<MadeKey>('createApiKey', { input });
    this.#ids.push(made.apiKey.id);
    const client = hubClient({ url: this.#hub.url, key: made.key ?? '' });
    this.#clients.set(account, client);
    return client;
  }

  /** Ends all of them. One that cannot be ended now is told, and ends within the hour. */
  async end(): Promise<void> {
    for (const key of this.#ids.splice(0)) {
      const input = { key, reason: 'the scenario is played' };
      await this.#hub.ask('revokeApiKey', { input }).catch((error: unknown) => {
        tell(`warning: the key ${key} ends by itself within the hour: ${(error as Error).message}`);
      });
    }
  }
}

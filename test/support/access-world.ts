import { expect } from 'vitest';
import type { GraphqlAnswer, GraphqlClient } from './graphql-client.ts';

export const IN_A_MONTH_MS = 30 * 24 * 3_600_000;

/** A time from now, as a client writes it. */
export function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** Short ways to manage access through the API, as the administrator or by somebody's key. */
export class AccessWorld {
  readonly client: GraphqlClient;
  readonly key: string | undefined;

  constructor(client: GraphqlClient, key?: string) {
    this.client = client;
    this.key = key;
  }

  /** The same for somebody else. */
  by(key: string): AccessWorld {
    return new AccessWorld(this.client, key);
  }

  ask(query: string, variables?: object): Promise<GraphqlAnswer> {
    return this.client.ask(query, variables, this.key);
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests read answers whose shape their query tells.
  async get(query: string, variables?: object): Promise<any> {
    const { data, errors } = await this.ask(query, variables);
    expect(errors).toEqual([]);
    return data;
  }

  /** The code and the text of the one error that it must come to. */
  async refused(query: string, variables?: object) {
    const { errors } = await this.ask(query, variables);
    expect(errors).toHaveLength(1);
    const [error] = errors;
    return { code: error?.extensions.code, message: error?.message };
  }

  async team(name: string): Promise<string> {
    const query = `mutation ($name: String!) {
      createTeam(input: { name: $name }) { team { id } }
    }`;
    return (await this.get(query, { name })).createTeam.team.id;
  }

  async service(team: string, name: string): Promise<string> {
    const made = await this.get(CREATE_SERVICE, { input: { team, name } });
    return made.createServiceAccount.serviceAccount.id;
  }

  async person(name: string, more: object = {}): Promise<string> {
    return (await this.get(CREATE_PERSON, { input: { name, ...more } })).createPerson.person.id;
  }

  async grant(to: string, role: string, scope: string, more: object = {}): Promise<string> {
    const made = await this.get(GRANT, { input: { to, role, scope, ...more } });
    return made.grant.grant.id;
  }

  async apiKey(actor: string, more: object = {}): Promise<{ id: string; key: string }> {
    const input = { actor, expiresAt: inMs(IN_A_MONTH_MS), ...more };
    const { createApiKey } = await this.get(CREATE_KEY, { input });
    return { id: createApiKey.apiKey.id, key: createApiKey.key };
  }
}

export const CREATE_SERVICE = `mutation ($input: CreateServiceAccountInput!) {
  createServiceAccount(input: $input) {
    serviceAccount { id name kind teams { name } } fact { type outcome }
  }
}`;

export const CREATE_PERSON = `mutation ($input: CreatePersonInput!) {
  createPerson(input: $input) {
    person { id name kind email teams { name } } signInKey fact { type body leaf }
  }
}`;

export const GRANT = `mutation ($input: GrantInput!) {
  grant(input: $input) {
    grant { id role scope reason expiresAt grantedAt grantedBy { id } }
    actor { id } warnings fact { type }
  }
}`;

export const CREATE_KEY = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    key prefix expiresAt fact { type body }
    apiKey { id prefix actions scope createdBy { id } expiresAt revoked lastUsedAt }
  }
}`;

export const ROTATE_KEY = `mutation ($input: RotateApiKeyInput!) {
  rotateApiKey(input: $input) {
    key prefix expiresAt apiKey { id actions scope expiresAt }
    replaced { id expiresAt revoked replacedBy }
  }
}`;

export const REVOKE_KEY = `mutation ($input: RevokeApiKeyInput!) {
  revokeApiKey(input: $input) { apiKey { id revoked revokedAt } warnings fact { type } }
}`;

export const REVOKE_GRANT = `mutation ($input: RevokeGrantInput!) {
  revokeGrant(input: $input) { actor { grants { id } } fact { type } }
}`;

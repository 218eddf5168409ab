import { ClientError } from './client-error.ts';
import { type Connection, LIST_LIMIT_MAX, pagesOf } from './connection-pages.ts';
import type { HubClient } from './hub-client.ts';

/** An actor as the hub's answers tell of it. */
export interface ActorAnswer {
  readonly id: string;
  readonly name: string;
  readonly kind: 'PERSON' | 'SERVICE' | 'SYSTEM';
  readonly teams: ReadonlyArray<{ readonly name: string }>;
  readonly email?: string | null;
}

/** How an actor is named to a command. */
export const ACTOR_ARGUMENT = 'id (act:...), or team/name of a service account';

const ACTOR_ID = /^act:/;
const SERVICE_NAME = /^([^/]+)\/([^/]+)$/;

/** The actor that a text means: an id, or the name of a service account. */
export async function findActor(hub: HubClient, text: string): Promise<ActorAnswer> {
  if (ACTOR_ID.test(text)) return actorOfId(hub, text);
  const [, team = '', name] = SERVICE_NAME.exec(text) ?? [];
  if (name === undefined) {
    throw new ClientError(`${quoted(text)} names no actor: give an ${ACTOR_ARGUMENT}`);
  }
  const found = await servicesOfName(hub, { team, name });
  const [service] = found;
  if (!service) throw new ClientError(`there is no service account ${quoted(text)}`);
  if (found.length === 1) return service;
  const ids = found.map(({ id }) => id).join(', ');
  throw new ClientError(`${quoted(text)} means several service accounts; give one id of: ${ids}`);
}

async function actorOfId(hub: HubClient, id: string): Promise<ActorAnswer> {
  const { actor } = await hub.ask<{ actor: ActorAnswer | null }>('actor', { id });
  if (actor) return actor;
  throw new ClientError(`there is no actor ${quoted(id)}`);
}

async function servicesOfName(
  hub: HubClient,
  { team, name }: { readonly team: string; readonly name: string },
): Promise<ActorAnswer[]> {
  const found: ActorAnswer[] = [];
  const services = actorsOf(hub, { kind: 'SERVICE', team }, LIST_LIMIT_MAX);
  for await (const service of services) if (service.name === name) found.push(service);
  return found;
}

/** People or service accounts, of one team or of all. */
export function actorsOf(
  hub: HubClient,
  which: { readonly kind: 'PERSON' | 'SERVICE'; readonly team?: string | undefined },
  limit: number,
): AsyncGenerator<ActorAnswer> {
  return pagesOf(async (page) => {
    const { actors } = await hub.ask<{ actors: Connection<ActorAnswer> }>('actors', {
      ...which,
      ...page,
    });
    return actors;
  }, limit);
}

/** The name by which a command takes the actor again, or else the name people know. */
export function actorName({ name, kind, teams }: ActorAnswer): string {
  const [team] = teams;
  return kind === 'SERVICE' && team ? `${team.name}/${name}` : name;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

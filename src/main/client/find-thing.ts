import { ClientError } from './client-error.ts';
import type { HubClient } from './hub-client.ts';

/** A node of the lineage graph as the hub's answers tell of it. */
export interface ThingAnswer {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly project?: { readonly path: string } | null;
}

/** How a thing is named to a command. */
export const THING_ARGUMENT =
  'path team/project/name[:version], id, digest, or scheme:value of another system';

/** Candidates that are told when a name means several things. */
const CANDIDATES_SHOWN_MAX = 10;
/** What stands in for hidden nodes has an id too, from which its reader may go on. */
const RESTRICTED_ID = /^restricted_/;
const SCOPE = /^(?:org|team\/[^/]+|project\/[^/]+\/[^/]+)$/;
const PROJECT_PATH = /^([^/]+)\/([^/]+)$/;

/** Id of the thing that a text means. */
export async function findThing(hub: HubClient, text: string): Promise<string> {
  if (RESTRICTED_ID.test(text)) return text;
  const id = await resolved(hub, text);
  if (id !== null) return id;
  throw new ClientError(
    `there is nothing ${JSON.stringify(text)} that you may read; name it by ${THING_ARGUMENT}`,
  );
}

/** Id of whatever a text means: things, and by id or path teams, projects and actors too. */
export async function findSubject(hub: HubClient, text: string): Promise<string> {
  const id = (await resolved(hub, text)) ?? (await idOfNode(hub, text));
  if (id !== null) return id;
  const [, team, name] = PROJECT_PATH.exec(text) ?? [];
  const { project } =
    name === undefined
      ? { project: null }
      : await hub.ask<{ project: { id: string } | null }>('project', { team, name });
  if (project) return project.id;
  throw new ClientError(
    `there is nothing ${JSON.stringify(text)} that you may read; name it by id, by path, or by ` +
      'an identifier of another system',
  );
}

/** The same for questions that take a scope as well: "org", "team/...", "project/.../...". */
export async function findPlace(hub: HubClient, text: string): Promise<string> {
  return SCOPE.test(text) ? text : findSubject(hub, text);
}

async function resolved(hub: HubClient, identifier: string): Promise<string | null> {
  const { resolve } = await hub.ask<{ resolve: ThingAnswer[] }>('resolve', { identifier });
  const [thing] = resolve;
  if (resolve.length <= 1) return thing?.id ?? null;
  const shown = resolve.slice(0, CANDIDATES_SHOWN_MAX);
  const more = resolve.length > shown.length ? ', ...' : '';
  const candidates = shown.map((each) => `${kindWords(each.kind)} ${each.id}`).join(', ');
  throw new ClientError(
    `${JSON.stringify(identifier)} means several things; give one id of: ${candidates}${more}`,
  );
}

async function idOfNode(hub: HubClient, id: string): Promise<string | null> {
  const { node } = await hub.ask<{ node: { id: string } | null }>('node', { id });
  return node?.id ?? null;
}

/** The path of a thing, or its name alone where it has none. */
export function thingPath({ name, project }: ThingAnswer): string {
  return project ? `${project.path}/${name}` : name;
}

/** A kind in words: "model version" for MODEL_VERSION. */
export function kindWords(kind: string): string {
  return kind.toLowerCase().replaceAll('_', ' ');
}

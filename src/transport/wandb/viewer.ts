import { teamId } from '../../domain/lineage/names.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import { listTeams } from '../../projections/list-teams.ts';
import { shownNameOf } from './personal-texts.ts';
import { type Shape, visibleNode, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';

/** The newest client that the hub speaks with, for clients that ask. */
const CLI_VERSION_MAX = '99.0.0';

/** Root fields that speak of who asks, of teams and of the hub itself. */
export const viewerFields = {
  viewer: async (_args: unknown, context: WandbContext): Promise<Shape> => {
    const { hub, reader } = context;
    const [agent] = await hub.store.get([reader.actor.ref]);
    return {
      ...userShape(agent ? await shownNameOf(hub, agent) : reader.actor.ref, reader.actor.ref),
      entity: hub.defaultTeam,
      teams: async () => ({ edges: (await teams(context)).map((node) => ({ node })) }),
    };
  },

  /** None is needed: the SDK then uses the plain forms, which is what the hub speaks. */
  serverInfo: () => ({
    features: [],
    cliVersionInfo: { max_cli_version: CLI_VERSION_MAX },
  }),

  entity: async ({ name }: { readonly name: string }, context: WandbContext) => {
    const team = await visibleNode(context, teamId(context.hub.org, name));
    return team && entityShape(team.name);
  },
};

export function entityShape(team: string): Shape {
  return { __typename: 'Entity', id: wireId('Entity', team), name: team };
}

export function userShape(name: string, ref: string): Shape {
  return {
    __typename: 'User',
    id: wireId('User', ref),
    name,
    username: name,
    email: null,
    admin: false,
    flags: '{}',
    apiKeys: { edges: [] },
    teams: { edges: [] },
  };
}

async function teams({ hub, reader }: WandbContext): Promise<Shape[]> {
  const page = { after: undefined, limit: PAGE_ROWS_MAX, store: hub.store };
  return (await listTeams(reader, page)).map(({ name }) => entityShape(name));
}

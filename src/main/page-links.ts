import type { FastifyInstance, FastifyReply } from 'fastify';
import { GRAPHIQL_PATH } from '../transport/graphql/graphiql-page.ts';

const SEE_OTHER = 303;

interface Names {
  readonly team: string;
  readonly project: string;
  readonly run?: string;
}

/**
 * Leads browsers to the page with a question about what they look for: from the hub's own
 * address, which the start prints, and from the addresses of runs and projects, which the wandb
 * SDK prints. Nothing is looked up, so that an address of something unknown tells nothing.
 */
export function pageLinks(app: FastifyInstance): void {
  app.get('/', async (_request, reply) => lead(reply, '', {}));
  app.get<{ Params: Names }>('/wandb/:team/:project', async ({ params }, reply) =>
    lead(reply, '../../', { project: `${params.team}/${params.project}` }),
  );
  app.get<{ Params: Names }>('/wandb/:team/:project/runs/:run', async ({ params }, reply) =>
    lead(reply, '../../../../', { run: `${params.team}/${params.project}/${params.run}` }),
  );
}

/** Relative, so that it holds behind a proxy that adds a path. */
function lead(reply: FastifyReply, up: string, asked: Record<string, string>): FastifyReply {
  const query = new URLSearchParams(asked).toString();
  const address = `${up}${GRAPHIQL_PATH.slice(1)}${query === '' ? '' : `?${query}`}`;
  return reply.redirect(address, SEE_OTHER);
}

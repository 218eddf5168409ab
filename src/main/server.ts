import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { graphiqlDoor } from '../transport/graphql/graphiql-door.ts';
import { graphqlDoor } from '../transport/graphql/graphql-door.ts';
import { SIGNED_LINK_LIFE_MS } from '../transport/http/signed-links.ts';
import type { Hub } from '../transport/hub.ts';
import { Intake } from '../transport/openlineage/intake.ts';
import { openLineageDoor } from '../transport/openlineage/openlineage-door.ts';
import type { RunActivity } from '../transport/wandb/run-activity.ts';
import { wandbDoor } from '../transport/wandb/wandb-door.ts';
import { pageLinks } from './page-links.ts';
import { readinessOf } from './readiness.ts';

/** Longest request line and headers, in bytes; signed addresses are long. */
export const HEADER_BYTES_MAX = 32 * 1024;

/** How long the server waits for its clients, in milliseconds. */
export interface ServerWaits {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For the next bytes of a request, or for a client to take those of an answer. */
  readonly idleMs: number;
  /** For a whole request, however steadily its bytes come. */
  readonly requestMs: number;
  /** Between two looks at whose time for headers or request is over. */
  readonly checkMs: number;
}

/** An upload may last as long as its address works; one that stands still may not. */
export const SERVER_WAITS: ServerWaits = {
  headersMs: 30_000,
  idleMs: 5 * 60_000,
  requestMs: SIGNED_LINK_LIFE_MS,
  checkMs: 10_000,
};

export interface ServerOptions {
  readonly waits?: ServerWaits;
  /** Doors open when the hub is founded. */
  readonly stage?: () => 'founding' | 'founded';
  /** When the wandb door heard of runs, for who watches them too. */
  readonly activity?: RunActivity;
  /** `none`: a worker says whether it is well, and no more. */
  readonly doors?: 'all' | 'none';
}

/** The hub's one HTTP server with its doors. Each door reads its bodies by its own limits. */
export async function buildServer(
  hub: Hub,
  { waits = SERVER_WAITS, stage = () => 'founded', activity, doors = 'all' }: ServerOptions = {},
): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: waits.headersMs,
      connectionsCheckingInterval: waits.checkMs,
    },
    requestTimeout: waits.requestMs,
    connectionTimeout: waits.idleMs,
    routerOptions: { maxParamLength: HEADER_BYTES_MAX },
    forceCloseConnections: 'idle',
  });
  app.addHook('onRequest', async (request, reply) => {
    if (stage() === 'founding' && request.routeOptions.url !== '/healthz') {
      return notReady(reply.header('retry-after', '1'), 'the hub is being founded');
    }
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const readiness = await readinessOf(hub);
    if (readiness.ready) return { status: 'ready', facts: readiness.facts };
    return notReady(reply, readiness.away.join(', '));
  });
  if (doors === 'none') return app;
  pageLinks(app);
  await app.register((scope) => graphqlDoor(scope, hub));
  await app.register((scope) => graphiqlDoor(scope));
  await app.register((scope) => wandbDoor(scope, hub, activity), { prefix: '/wandb' });
  await app.register((scope) => openLineageDoor(scope, hub, new Intake(hub)));
  return app;
}

function notReady(reply: FastifyReply, reason: string): FastifyReply {
  return reply.code(503).send({ status: 'not ready', reason });
}

import { type FastifyInstance, fastify } from 'fastify';
import { graphqlDoor } from '../transport/graphql/graphql-door.ts';
import type { Hub } from '../transport/hub.ts';
import { wandbDoor } from '../transport/wandb/wandb-door.ts';

/** Longest request line and headers, in bytes; signed addresses are long. */
const HEADER_BYTES_MAX = 32 * 1024;
/** How long a client may take to send its headers, in milliseconds. */
const HEADERS_WAIT_MS = 30_000;

/** The hub's one HTTP server with its doors. Each door reads its bodies by its own limits. */
export async function buildServer(hub: Hub): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_WAIT_MS, requestTimeout: 0 },
    routerOptions: { maxParamLength: HEADER_BYTES_MAX },
    forceCloseConnections: 'idle',
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      const { size } = await hub.store.head();
      return { status: 'ready', facts: size };
    } catch {
      return reply.code(503).send({ status: 'not ready', reason: 'the graph store' });
    }
  });
  await app.register((scope) => graphqlDoor(scope, hub));
  await app.register((scope) => wandbDoor(scope, hub), { prefix: '/wandb' });
  return app;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Asset, asset, graphiqlAssets } from './graphiql-assets.ts';
import { GRAPHIQL_PATH, GRAPHIQL_POLICY, graphiqlPage } from './graphiql-page.ts';

const NOT_MODIFIED = 304;
/** How long a browser may keep a file whose address changes with its bytes, in seconds. */
const KEPT_S = 365 * 24 * 60 * 60;

const HEADERS = {
  'content-security-policy': GRAPHIQL_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'accept-encoding',
} as const;

interface AssetRequest {
  readonly Params: { readonly digest: string; readonly name: string };
}

/**
 * Serves GraphiQL: a page and its files, which hold nothing of this hub and need no key. Whoever
 * asks anything with it, the schema too, does so at /graphql and needs one there.
 */
export async function graphiqlDoor(app: FastifyInstance): Promise<void> {
  const assets = await graphiqlAssets();
  const folder = GRAPHIQL_PATH.slice(1);
  const html = graphiqlPage((name) => `${folder}/${assets.get(name)?.digest}/${name}`);
  const page = asset('page.html', Buffer.from(html));
  app.get(GRAPHIQL_PATH, async (request, reply) => {
    const etag = `"${page.digest}"`;
    reply.headers({ etag, 'cache-control': 'no-cache' });
    if (request.headers['if-none-match'] === etag) {
      return reply.headers(HEADERS).code(NOT_MODIFIED).send();
    }
    return send(page, request, reply);
  });
  app.get<AssetRequest>(`${GRAPHIQL_PATH}/:digest/:name`, async (request, reply) => {
    const asked = assets.get(request.params.name);
    if (asked?.digest !== request.params.digest) return reply.callNotFound();
    reply.header('cache-control', `public, max-age=${KEPT_S}, immutable`);
    return send(asked, request, reply);
  });
}

async function send(file: Asset, request: FastifyRequest, reply: FastifyReply) {
  reply.headers(HEADERS).type(file.type);
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    return reply.send(file.bytes);
  }
  return reply.header('content-encoding', 'gzip').send(await file.packed());
}

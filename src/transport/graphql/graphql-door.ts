import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { isDomainError } from '../../domain/errors.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import { KeptManifests } from '../../projections/kept-manifests.ts';
import { KeptWalks } from '../../projections/kept-walks.ts';
import type { Reader } from '../../projections/readable-by.ts';
import { authenticate } from '../http/authenticate.ts';
import { httpFailure } from '../http/http-errors.ts';
import type { Hub } from '../hub.ts';
import { complexityLimit } from './complexity-limit.ts';
import { checkDocument } from './document-limits.ts';
import { formatErrorFor } from './format-error.ts';
import { type GraphContext, graphContext } from './graph-context.ts';
import { GRAPHIQL_PATH } from './graphiql-page.ts';
import { extensionsOf } from './graphql-error.ts';
import { buildHubSchema } from './hub-schema.ts';
import { BODY_BYTES_MAX, DOCUMENT_TOKENS_MAX, VALIDATION_ERRORS_MAX } from './limits.ts';
import { RequestTurns } from './request-turns.ts';
import { checkVariables } from './variable-limits.ts';

const HTTP_BAD_REQUEST = 400;
const SEE_OTHER = 303;
/** The page for browsers, from /graphql; relative, for proxies that add a path. */
const PAGE = GRAPHIQL_PATH.slice(1);

/** Serves /graphql: queries and mutations by POST, queries by GET too. */
export async function graphqlDoor(app: FastifyInstance, hub: Hub): Promise<void> {
  const server = apolloServer(buildHubSchema(), hub);
  await server.start();
  const readers = new WeakMap<FastifyRequest, Reader>();
  const kept = { walks: new KeptWalks(), manifests: new KeptManifests(hub.objects) };
  const context = async (request: FastifyRequest) =>
    graphContext(hub, readers.get(request) as Reader, kept);
  const turns = new RequestTurns();
  const answer = fastifyApolloHandler(server, { context }) as RouteHandlerMethod;
  await app.register(async (door) => {
    readLosslessJson(door);
    door.setErrorHandler((error, _request, reply) => replyFailure(error, hub, reply));
    door.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      // Who it is comes first: nobody else gets their body read.
      onRequest: async (request, reply) => {
        if (isVisit(request)) return reply.header('vary', 'accept').redirect(PAGE, SEE_OTHER);
        readers.set(request, await authenticate(request.headers.authorization, hub));
      },
      preHandler: async (request, reply) => refuseOversized(request, reply),
      async handler(request, reply) {
        const { actor } = readers.get(request) as Reader;
        return turns.take(actor.ref, async () => answer.call(this, request, reply));
      },
    });
    door.addHook('onClose', () => server.stop());
  });
}

/** Somebody opened the address in a browser, and asks for nothing but to see what is here. */
function isVisit({ method, headers, query }: FastifyRequest): boolean {
  const asks = (query as { readonly query?: unknown }).query !== undefined;
  return method === 'GET' && !asks && /\btext\/html\b/.test(headers.accept ?? '');
}

function apolloServer(schema: GraphQLSchema, hub: Hub): ApolloServer<GraphContext> {
  return new ApolloServer<GraphContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // By the digest of the document, which was checked when it came whole; bounded by the cache.
    persistedQueries: {},
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: DOCUMENT_TOKENS_MAX },
    validationOptions: { maxErrors: VALIDATION_ERRORS_MAX },
    formatError: formatErrorFor(hub),
    logger: apolloLog(hub),
    plugins: [
      complexityLimit(schema),
      // It would look at each field of each answer, which more than doubles their cost.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

function apolloLog({ log }: Hub) {
  const quiet = () => undefined;
  return {
    debug: quiet,
    info: quiet,
    warn: (message?: string) => log.warn({ message }, 'the GraphQL server warns'),
    error: (message?: string) => log.error({ message }, 'the GraphQL server failed'),
  };
}

/** Bodies are JSON alone, read so that no digit of a whole number is lost. */
function readLosslessJson(door: FastifyInstance): void {
  door.removeAllContentTypeParsers();
  const options = { parseAs: 'string', bodyLimit: BODY_BYTES_MAX } as const;
  door.addContentTypeParser('application/json', options, async (_request: unknown, body: string) =>
    parseLosslessJson(body),
  );
}

async function refuseOversized(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const asked = (request.method === 'GET' ? request.query : request.body) as
    | { readonly query?: unknown; readonly variables?: unknown }
    | null
    | undefined;
  try {
    checkVariables(asked?.variables);
    if (typeof asked?.query === 'string') checkDocument(asked.query);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    await reply.code(HTTP_BAD_REQUEST).send(errorsOf(error));
  }
}

function replyFailure(cause: unknown, hub: Hub, reply: FastifyReply): void {
  const { status, error, headers } = httpFailure(cause, hub, { bodyBytesMax: BODY_BYTES_MAX });
  reply.code(status).headers(headers).send(errorsOf(error));
}

function errorsOf(error: Parameters<typeof extensionsOf>[0]) {
  return { errors: [{ message: error.message, extensions: extensionsOf(error) }] };
}

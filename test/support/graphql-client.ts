import { type FastifyInstance, fastify } from 'fastify';
import { onTestFinished } from 'vitest';
import { graphqlDoor } from '../../src/transport/graphql/graphql-door.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { ADMIN_KEY, type AtEnd } from './open-hub.ts';

export interface GraphqlError {
  readonly message: string;
  readonly path?: ReadonlyArray<string | number>;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

export interface GraphqlAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers whose shape their query tells.
  readonly data: any;
  readonly errors: readonly GraphqlError[];
}

export interface GraphqlClient {
  readonly app: FastifyInstance;
  /** Sends a document as the administrator, or as whoever has the key. */
  ask(query: string, variables?: object, key?: string): Promise<GraphqlAnswer>;
  /** The data alone; fails the test with the errors when there are any. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  get(query: string, variables?: object): Promise<any>;
}

/** The hub's GraphQL door in a server of its own that does not listen. */
export async function openGraphqlClient(
  hub: Hub,
  atEnd: AtEnd = onTestFinished,
): Promise<GraphqlClient> {
  const app = fastify();
  await graphqlDoor(app, hub);
  atEnd(() => app.close());
  const ask: GraphqlClient['ask'] = async (query, variables = {}, key = ADMIN_KEY) => {
    const { statusCode, payload } = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ query, variables }),
    });
    const { data = null, errors = [] } = JSON.parse(payload);
    return { status: statusCode, data, errors };
  };
  const get: GraphqlClient['get'] = async (query, variables) => {
    const { data, errors } = await ask(query, variables);
    if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
    return data;
  };
  return { app, ask, get };
}

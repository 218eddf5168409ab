import { ApolloGateway, IntrospectAndCompose, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { HUB_KEY } from './hub-process.ts';

interface Caller {
  readonly authorization?: string;
}

export interface GatewayAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers whose shape their query tells.
  readonly data: any;
  readonly errors: ReadonlyArray<{
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }>;
}

export interface Gateway {
  ask(query: string, variables?: object, key?: string): Promise<GatewayAnswer>;
  close(): Promise<void>;
}

/** The caller's key goes on to every subgraph, so that each decides for itself what to show. */
class ForwardingSource extends RemoteGraphQLDataSource<Caller> {
  override willSendRequest: RemoteGraphQLDataSource<Caller>['willSendRequest'] = (options) => {
    const { authorization } = options.context;
    if (authorization) options.request.http?.headers.set('authorization', authorization);
  };
}

/** A gateway that composes subgraphs by asking each for its schema, with the hub's key. */
export async function openGateway(
  subgraphs: ReadonlyArray<{ readonly name: string; readonly url: string }>,
): Promise<Gateway> {
  const gateway = new ApolloGateway({
    supergraphSdl: new IntrospectAndCompose({
      subgraphs: [...subgraphs],
      introspectionHeaders: { authorization: `Bearer ${HUB_KEY}` },
    }),
    buildService: ({ url }) => new ForwardingSource({ url }),
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  const server = new ApolloServer<Caller>({ gateway, stopOnTerminationSignals: false });
  await server.start();
  return {
    ask: async (query, variables = {}, key = HUB_KEY) => {
      const contextValue = { authorization: `Bearer ${key}` };
      const { body } = await server.executeOperation({ query, variables }, { contextValue });
      if (body.kind !== 'single') throw new Error('the gateway answered in parts');
      const { data = null, errors = [] } = body.singleResult;
      return { data, errors };
    },
    close: () => server.stop(),
  };
}

function ignore(): void {}

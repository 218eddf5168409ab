import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, graphql } from 'graphql';

/** Somebody else's subgraph: its own schema, and what it knows of entities of others. */
export interface Foreign {
  /** Types with their keys; `_entities` and `_service` are added. */
  readonly sdl: string;
  readonly entities: readonly string[];
  /** The root fields. */
  readonly root: Readonly<Record<string, (args: never) => unknown>>;
  /** What it knows of an entity, from a reference to it. */
  entity(reference: Reference): object | null;
}

export interface Reference {
  readonly __typename: string;
  readonly id?: string;
  readonly digest?: string;
}

export interface ForeignSubgraph {
  readonly url: string;
  /** References that it was asked for, one list a request. */
  readonly asked: ReadonlyArray<readonly Reference[]>;
  /** Authorization headers that came with requests, each once. */
  readonly authorizations: ReadonlySet<string | undefined>;
  close(): Promise<void>;
}

/** Serves a subgraph by HTTP as any platform could, with nothing of the hub in it. */
export async function serveForeign(foreign: Foreign): Promise<ForeignSubgraph> {
  const asked: Array<readonly Reference[]> = [];
  const authorizations = new Set<string | undefined>();
  const schema = buildSchema(executable(foreign), { assumeValidSDL: true });
  const rootValue = {
    ...foreign.root,
    _service: { sdl: foreign.sdl },
    _entities: ({ representations }: { representations: readonly Reference[] }) => {
      asked.push(representations);
      return representations.map((reference) => {
        const known = foreign.entity(reference);
        return known && { ...reference, ...known };
      });
    },
  };
  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await textOf(request));
    authorizations.add(request.headers.authorization);
    const answer = await graphql({ schema, rootValue, source: query, variableValues: variables });
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}/`, asked, authorizations, close };
}

function executable({ sdl, entities }: Foreign): string {
  return `${sdl}
    scalar _Any
    type _Service { sdl: String! }
    union _Entity = ${entities.join(' | ')}
    extend type Query {
      _service: _Service!
      _entities(representations: [_Any!]!): [_Entity]!
    }`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

import {
  extendSchema,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isUnionType,
  parse,
} from 'graphql';
import { isDigest } from '../../domain/digest.ts';
import { invalidInput } from '../../domain/errors.ts';
import type { GraphContext } from './graph-context.ts';
import { IDS_MAX } from './limits.ts';
import { printSubgraph } from './print-subgraph.ts';
import { showId } from './shown-node.ts';

/** Types that other subgraphs can refer to, with the key that they do it by. */
export const ENTITY_KEYS: Readonly<Record<string, string>> = {
  Actor: 'id',
  Artifact: 'id',
  Content: 'digest',
  Dataset: 'id',
  DatasetVersion: 'id',
  Job: 'id',
  Model: 'id',
  ModelVersion: 'id',
  OtherArtifactVersion: 'id',
  Project: 'id',
  Run: 'id',
  Team: 'id',
};

const ADDITIONS = parse(`
  "A reference to an entity: its __typename and its key."
  scalar _Any

  "What a subgraph tells a router of itself."
  type _Service {
    "The schema, with the keys of its entities."
    sdl: String!
  }

  "Anything that other subgraphs can refer to."
  union _Entity = ${Object.keys(ENTITY_KEYS).join(' | ')}

  extend type Query {
    "For routers: the schema of this subgraph."
    _service: _Service!

    "For routers: the entities behind references, in their order; null where there is none."
    _entities(
      "The references, at most ${IDS_MAX}."
      representations: [_Any!]!
    ): [_Entity]!
  }
`);

/**
 * Adds what a Federation 2 router asks of a subgraph. The schema is extended and not built anew
 * from its text, which would lose the costs that fields carry.
 */
export function asSubgraph(schema: GraphQLSchema): GraphQLSchema {
  const sdl = printSubgraph(schema, ENTITY_KEYS);
  const subgraph = extendSchema(schema, ADDITIONS);
  const query = subgraph.getQueryType();
  if (!query) throw new Error('a schema without queries is no subgraph');
  resolveField(query, '_service', () => ({ sdl }));
  resolveField(query, '_entities', (_source, { representations }, context) =>
    entitiesOf(representations, context),
  );
  const entity = subgraph.getType('_Entity');
  if (isUnionType(entity)) entity.resolveType = undefined;
  return subgraph;
}

function resolveField(
  type: GraphQLObjectType,
  name: string,
  resolve: GraphQLFieldResolver<unknown, GraphContext>,
): void {
  const field = type.getFields()[name];
  if (!field) throw new Error(`${type.name} has no field ${name}`);
  field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
}

function entitiesOf(representations: readonly unknown[], context: GraphContext) {
  if (representations.length > IDS_MAX) throw invalidInput(`at most ${IDS_MAX} references`);
  return Promise.all(representations.map((reference) => entityOf(reference, context)));
}

async function entityOf(reference: unknown, context: GraphContext) {
  const { __typename, id, digest } = (reference ?? {}) as Record<string, unknown>;
  if (typeof __typename !== 'string' || ENTITY_KEYS[__typename] === undefined) {
    throw invalidInput(`no entity of this subgraph: ${JSON.stringify(__typename)?.slice(0, 100)}`);
  }
  if (ENTITY_KEYS[__typename] === 'digest') {
    return typeof digest === 'string' && isDigest(digest) ? { __typename, digest } : null;
  }
  if (typeof id !== 'string') throw invalidInput(`a reference to ${__typename} has an id`);
  const node = await showId(id, context);
  return node?.__typename === __typename ? node : null;
}

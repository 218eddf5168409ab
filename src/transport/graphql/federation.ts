import {
  extendSchema,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isUnionType,
  parse,
} from 'graphql';
import { isDigest } from '../../domain/digest.ts';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import type { GraphContext } from './graph-context.ts';
import { REFERENCES_MAX } from './limits.ts';
import { printSubgraph } from './print-subgraph.ts';
import { eachOnce } from './shared-answers.ts';
import { showId } from './shown-node.ts';
import { showRegisteredModel } from './shown-registration.ts';

/** A field that other subgraphs refer to an entity by. */
export type KeyField = 'id' | 'digest' | 'name';

/** Types that other subgraphs can refer to, with the keys that they do it by. */
export const ENTITY_KEYS: Readonly<Record<string, readonly KeyField[]>> = {
  Actor: ['id'],
  Artifact: ['id'],
  Content: ['digest'],
  Dataset: ['id'],
  DatasetVersion: ['id'],
  Job: ['id'],
  Model: ['id'],
  ModelVersion: ['id'],
  OtherArtifactVersion: ['id'],
  Project: ['id'],
  RegisteredModel: ['id', 'name'],
  Run: ['id'],
  Team: ['id'],
};

type Entity = { readonly __typename: string } | null;
type Finder = (key: string, context: GraphContext) => Entity | Promise<Entity>;

/**
 * How an entity is found by each key. The loaders gather what all references of a request name,
 * and answer null for what is unknown as for what the reader may not see.
 */
const FINDERS: Readonly<Record<KeyField, Finder>> = {
  id: showId,
  digest: async (digest, { loaders }) => {
    if (!isDigest(digest)) return null;
    const { rows } = await loaders.content.load(digest);
    return rows.length === 0 ? null : { __typename: 'Content', digest };
  },
  name: (name, context) => showRegisteredModel(name, { ambiguous: 'none' }, context),
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
      "The references, at most ${REFERENCES_MAX}."
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
  const { length } = representations;
  if (length > REFERENCES_MAX) {
    const text = `at most ${REFERENCES_MAX} references at once, not ${length}`;
    throw new DomainError('LIMIT_EXCEEDED', text);
  }
  const keys = representations.map(keyOf);
  // Equal references are one: routers repeat them.
  const named = keys.map((key) => JSON.stringify(key));
  const byName = new Map(named.map((name, at) => [name, keys[at] as EntityKey]));
  return Promise.all(eachOnce(named, (name) => entityOf(byName.get(name) as EntityKey, context)));
}

interface EntityKey {
  readonly typename: string;
  readonly field: KeyField;
  readonly key: string;
}

function keyOf(reference: unknown): EntityKey {
  const given = (reference ?? {}) as Readonly<Record<string, unknown>>;
  const { __typename } = given;
  const keys = typeof __typename === 'string' ? keysOf(__typename) : undefined;
  if (keys === undefined) {
    throw invalidInput(`no entity of this subgraph: ${JSON.stringify(__typename)?.slice(0, 100)}`);
  }
  const field = keys.find((name) => typeof given[name] === 'string');
  if (field === undefined) {
    throw invalidInput(`a reference to ${__typename} has its ${keys.join(' or its ')}`);
  }
  return { typename: __typename as string, field, key: given[field] as string };
}

async function entityOf({ typename, field, key }: EntityKey, context: GraphContext) {
  const found = await FINDERS[field](key, context);
  return found?.__typename === typename ? found : null;
}

function keysOf(typename: string): readonly KeyField[] | undefined {
  return Object.hasOwn(ENTITY_KEYS, typename) ? ENTITY_KEYS[typename] : undefined;
}

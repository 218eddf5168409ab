import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema } from 'graphql';

/** Three folders above this one, in the sources and in the build alike. */
const SDL = new URL('../../../schema/wandb.graphql', import.meta.url);

export function loadWandbSchema(): GraphQLSchema {
  return buildSchema(readFileSync(SDL, 'utf8'));
}

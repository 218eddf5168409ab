import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { DomainError } from '../../domain/errors.ts';
import { fieldEstimator } from './complexity.ts';
import type { GraphContext } from './graph-context.ts';
import { graphqlError } from './graphql-error.ts';
import { COMPLEXITY_MAX } from './limits.ts';

const BAD_REQUEST = { http: { status: 400 } };
const ESTIMATORS = [fieldExtensionsEstimator(), fieldEstimator];

/** Refuses questions whose answers could grow too large, before any of it is looked up. */
export function complexityLimit(schema: GraphQLSchema): ApolloServerPlugin<GraphContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ request, document, operation }) => {
        // A document without the named operation is refused by the next reader.
        if (!operation) return;
        const asked = { document, operation, variables: request.variables ?? {} };
        if (!areVariablesGood(schema, asked)) return;
        const complexity = complexityOf(schema, asked);
        if (complexity <= COMPLEXITY_MAX) return;
        const error = new DomainError(
          'LIMIT_EXCEEDED',
          `the answer could have ${complexity} fields, at most ${COMPLEXITY_MAX} are given: ` +
            'ask for less at once, or for smaller pages',
        );
        throw graphqlError(error, BAD_REQUEST);
      },
    }),
  };
}

interface Asked {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: { readonly [name: string]: unknown };
}

/** Execution refuses a request with bad variables as a whole, and says what is wrong with them. */
function areVariablesGood(schema: GraphQLSchema, { operation, variables }: Asked): boolean {
  const definitions = operation.variableDefinitions ?? [];
  // One error is as good as a hundred thousand, and each costs as much as a whole query.
  const { errors } = getVariableValues(schema, definitions, variables, { maxErrors: 1 });
  return errors === undefined;
}

/** A field that cannot be counted must not be answered either, so it fails the whole request. */
function complexityOf(schema: GraphQLSchema, { document, operation, variables }: Asked): number {
  try {
    return getComplexity({
      schema,
      query: document,
      ...(operation.name ? { operationName: operation.name.value } : {}),
      variables: { ...variables },
      estimators: ESTIMATORS,
    });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const extensions = { code: ApolloServerErrorCode.BAD_USER_INPUT, ...BAD_REQUEST };
    throw new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions });
  }
}

import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { fieldExtensionsEstimator, getComplexity } from 'graphql-query-complexity';
import { DomainError } from '../../domain/errors.ts';
import { fieldEstimator } from './complexity.ts';
import type { GraphContext } from './graph-context.ts';
import { graphqlError } from './graphql-error.ts';
import { COMPLEXITY_MAX } from './limits.ts';

const HTTP_BAD_REQUEST = 400;
const ESTIMATORS = [fieldExtensionsEstimator(), fieldEstimator];

/** Refuses questions whose answers could grow too large, before any of it is looked up. */
export function complexityLimit(schema: GraphQLSchema): ApolloServerPlugin<GraphContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ request, document }) => {
        const complexity = getComplexity({
          schema,
          query: document,
          operationName: request.operationName ?? undefined,
          variables: request.variables ?? {},
          estimators: ESTIMATORS,
        });
        if (complexity <= COMPLEXITY_MAX) return;
        const error = new DomainError(
          'LIMIT_EXCEEDED',
          `the answer could have ${complexity} fields, at most ${COMPLEXITY_MAX} are given: ` +
            'ask for less at once, or for smaller pages',
        );
        throw graphqlError(error, { http: { status: HTTP_BAD_REQUEST } });
      },
    }),
  };
}

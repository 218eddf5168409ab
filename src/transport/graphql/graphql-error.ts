import { GraphQLError } from 'graphql';
import type { DomainError } from '../../domain/errors.ts';
import { ERROR_TABLE } from '../error-table.ts';

/** What clients see of a domain error beside its message. */
export function extensionsOf({ code, details }: DomainError): Record<string, unknown> {
  const { graphql, retryAfterS } = ERROR_TABLE[code];
  return { ...details, code: graphql, ...(retryAfterS === null ? {} : { retryAfterS }) };
}

export function graphqlError(
  error: DomainError,
  more: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  const extensions = { ...extensionsOf(error), ...more };
  return new GraphQLError(error.message, { extensions, originalError: error });
}

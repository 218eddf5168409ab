import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isDomainError } from '../../domain/errors.ts';
import type { Hub } from '../hub.ts';
import { publicError } from '../public-error.ts';
import { extensionsOf } from './graphql-error.ts';

const UNKNOWN = 'INTERNAL_SERVER_ERROR';

/**
 * The one place where failures become GraphQL errors. What Apollo has a code for (syntax,
 * validation, variables) keeps it; everything else is a domain error or shows as INTERNAL.
 */
export function formatErrorFor(hub: Pick<Hub, 'ids' | 'log'>) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = unwrapResolverError(error);
    if (!isDomainError(cause) && formatted.extensions?.code !== UNKNOWN) {
      return shown(formatted, formatted.message, { code: formatted.extensions?.code });
    }
    // No field was at work yet: the request asks for something that cannot be run.
    if (cause instanceof GraphQLError && cause.path === undefined) {
      return shown(formatted, cause.message, { code: 'BAD_USER_INPUT' });
    }
    const seen = publicError(cause, hub);
    return shown(formatted, seen.message, extensionsOf(seen));
  };
}

function shown(
  { locations, path }: GraphQLFormattedError,
  message: string,
  extensions: Record<string, unknown>,
): GraphQLFormattedError {
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions,
  };
}

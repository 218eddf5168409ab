import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { type Instant, parseInstant } from '../../../domain/time.ts';

/** Times are kept as RFC 3339 text in UTC, so they go out as they are. */
export const DateTime = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  description:
    'A point in time: RFC 3339 with any offset going in, UTC with six digits of fraction coming ' +
    'out, for example "2026-11-24T07:15:29.123456Z".',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) => String(value),
  parseValue: (value) => instantOf(value),
  parseLiteral: (node) => instantOf(node.kind === Kind.STRING ? node.value : undefined),
});

function instantOf(value: unknown): Instant {
  if (typeof value === 'string') return parseInstant(value);
  throw new GraphQLError('a DateTime is a string such as "2026-11-24T07:15:29Z"');
}

import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { LogIndex as Index } from '../../../domain/lineage/graph-rows.ts';

export const LogIndex = new GraphQLScalarType<Index, number>({
  name: 'LogIndex',
  description:
    'Index of an entry in the audit log, from 0, without gaps: an integer below 2^53, since ' +
    'GraphQL’s own Int ends at 2^31.',
  serialize: (value) => Number(value),
  parseValue: (value) => indexOf(value),
  parseLiteral: (node) => indexOf(node.kind === Kind.INT ? Number(node.value) : undefined),
});

function indexOf(value: unknown): Index {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new GraphQLError('a LogIndex is an integer from 0 to 2^53 - 1');
}

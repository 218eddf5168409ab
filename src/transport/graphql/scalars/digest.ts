import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { type Digest as DigestText, isDigest } from '../../../domain/digest.ts';

export const Digest = new GraphQLScalarType<DigestText, string>({
  name: 'Digest',
  description: 'A SHA-256 digest: "sha256:" and 64 lower-case hexadecimal digits.',
  serialize: (value) => String(value),
  parseValue: (value) => digestOf(value),
  parseLiteral: (node) => digestOf(node.kind === Kind.STRING ? node.value : undefined),
});

function digestOf(value: unknown): DigestText {
  if (typeof value === 'string' && isDigest(value)) return value;
  throw new GraphQLError('a Digest is "sha256:" and 64 lower-case hexadecimal digits');
}

import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import type { Value } from '../../../domain/values/value.ts';

/**
 * Any JSON. Coming in, whole numbers of any length keep all their digits, in variables as in
 * literals; the door reads the request without losing them.
 */
export const JsonScalar = new GraphQLScalarType<Value, unknown>({
  name: 'JSON',
  description:
    'Any JSON value. Going in, whole numbers of any size keep every digit. Where an object is ' +
    'asked for, its JSON text is taken too, in which NaN, Infinity and -Infinity may stand. ' +
    'Coming out, whole numbers beyond 2^53 and values that are not finite stand as text.',
  serialize: (value) => value,
  parseValue: (value) => value as Value,
  parseLiteral: (node, variables) => jsonOf(node, variables ?? {}),
});

function jsonOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): Value {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
      return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : BigInt(node.value);
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((item) => jsonOf(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, jsonOf(value, variables)]),
      );
    case Kind.VARIABLE:
      return (variables[node.name.value] ?? null) as Value;
    default:
      throw new GraphQLError('an enum value is no JSON value; put it in quotes');
  }
}

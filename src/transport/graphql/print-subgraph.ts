import { type GraphQLSchema, isIntrospectionType, isSpecifiedScalarType, printType } from 'graphql';

/** The version of the Federation specification whose directives stand in the text. */
const FEDERATION = 'https://specs.apollo.dev/federation/v2.3';
/** Types that every subgraph with Relay connections has, always with the same fields. */
const SHAREABLE: readonly string[] = ['PageInfo'];

/** The fields by which others refer to the entities of a type; each is a key of its own. */
export type EntityKeys = Readonly<Record<string, readonly string[]>>;

/**
 * The schema as text, types in the order of their names, with the directives that Federation 2
 * composes by.
 */
export function printSubgraph(schema: GraphQLSchema, entityKeys: EntityKeys): string {
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((type) => withDirective(printType(type), directiveOf(type.name, entityKeys)));
  const link = `extend schema @link(url: "${FEDERATION}", import: ["@key", "@shareable"])`;
  return `${[link, ...types].join('\n\n')}\n`;
}

function directiveOf(name: string, entityKeys: EntityKeys): string | null {
  const keys = entityKeys[name];
  if (keys !== undefined) return keys.map((key) => `@key(fields: "${key}")`).join(' ');
  return SHAREABLE.includes(name) ? '@shareable' : null;
}

function withDirective(text: string, directive: string | null): string {
  if (directive === null) return text;
  return text.replace(/^(type [^{]+) \{$/m, `$1 ${directive} {`);
}

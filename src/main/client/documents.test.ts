import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLEnumType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS } from './documents.ts';
import { LINEAGE_KINDS } from './impact-command.ts';

const text = readFileSync(new URL('../../../schema/hub.graphql', import.meta.url), 'utf8');
// The link tells routers what the directives mean; to this reader they are unknown words.
const FEDERATION = `
  scalar link__Import
  directive @link(url: String!, import: [link__Import]) repeatable on SCHEMA
  directive @key(fields: String!, resolvable: Boolean) repeatable on OBJECT | INTERFACE
  directive @shareable repeatable on OBJECT | FIELD_DEFINITION
`;
const schema = buildSchema(`${FEDERATION}\n${text.replace(/^extend schema @link.*$/m, '')}`);

describe('what the command line asks of a hub', () => {
  it.each(Object.entries(DOCUMENTS))('%s is good by the schema', (_name, document) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });

  it('would be found out if it were not', () => {
    expect(validate(schema, parse('{ viewer { shoeSize } }'))).toHaveLength(1);
  });

  it('knows every kind of node', () => {
    const kinds = schema.getType('LineageKind') as GraphQLEnumType;
    expect(LINEAGE_KINDS).toEqual(kinds.getValues().map(({ name }) => name));
  });
});

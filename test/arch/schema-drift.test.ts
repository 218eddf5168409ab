import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildHubSchema, hubSdl } from '../../src/transport/graphql/hub-schema.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe('schema/hub.graphql', () => {
  test('is what the code serves; `npm run schema` writes it', () => {
    expect(readFileSync(join(root, 'schema', 'hub.graphql'), 'utf8')).toBe(hubSdl());
  });
});

interface Described {
  readonly description?: string | null;
}

/** Every part of a type that a reader of the schema may ask about, by its path. */
function partsOf(type: GraphQLNamedType): Array<readonly [path: string, part: Described]> {
  const parts: Array<readonly [string, Described]> = [[type.name, type]];
  if (isEnumType(type)) {
    for (const value of type.getValues()) parts.push([`${type.name}.${value.name}`, value]);
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field]);
    }
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const path = `${type.name}.${field.name}`;
      parts.push([path, field]);
      for (const arg of field.args) parts.push([`${path}(${arg.name}:)`, arg]);
    }
  }
  return parts;
}

describe('the schema speaks for itself', () => {
  const roots = ['Query', 'Mutation'];
  const parts = Object.values(buildHubSchema().getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap(partsOf)
    .filter(([path]) => !roots.includes(path));

  test('every type, field, argument and enum value has a description', () => {
    expect(parts.length).toBeGreaterThan(300);
    const silent = parts.filter(([, { description }]) => !description?.trim());
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('descriptions are sentences', () => {
    const cut = parts.filter(([, { description }]) => !/[.:]["”]?$/.test(description ?? ''));
    expect(cut.map(([path, { description }]) => `${path}: ${description}`)).toEqual([]);
  });
});

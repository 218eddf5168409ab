import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { isDomainError } from '../../domain/errors.ts';
import { checkDocument } from './document-limits.ts';

function refusal(source: string): string | null {
  try {
    checkDocument(source);
    return null;
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'LIMIT_EXCEEDED') throw error;
    return error.message;
  }
}

const nested = (levels: number) => `{ a ${'{ b '.repeat(levels - 1)}${'} '.repeat(levels)}`;
const repeated = (count: number, text: (at: number) => string) =>
  `{ ${Array.from({ length: count }, (_, at) => text(at)).join(' ')} }`;

test('twelve levels pass and thirteen do not', () => {
  expect(refusal(nested(12))).toBeNull();
  expect(refusal(nested(13))).toBe('the document has 13 levels of fields, at most 12 are taken');
});

test('levels are counted through fragments', () => {
  const document = `${nested(1).replace('a', 'a { ...f }')} fragment f on T ${nested(12)}`;
  expect(refusal(document)).toContain('13 levels');
});

test('the introspection that tools send passes', () => {
  const oneOf = getIntrospectionQuery({
    oneOf: true,
    specifiedByUrl: true,
    schemaDescription: true,
  });
  expect(refusal(oneOf)).toBeNull();
  expect(refusal(`{ __schema ${nested(25)} }`)).toContain('levels of fields');
});

test('a hundred aliases pass and one more does not', () => {
  expect(refusal(repeated(100, (at) => `a${at}: viewer`))).toBeNull();
  expect(refusal(repeated(101, (at) => `a${at}: viewer`))).toBe(
    'the document has 101 aliases, at most 100 are taken',
  );
});

test('fragments that double each other are counted, not followed', () => {
  const fragments = Array.from(
    { length: 60 },
    (_, at) => `fragment f${at} on T { a { ...f${at + 1} } b { ...f${at + 1} } }`,
  );
  const started = performance.now();
  expect(refusal(`{ ...f0 } ${fragments.join(' ')} fragment f60 on T { a }`)).toContain('fields');
  expect(performance.now() - started).toBeLessThan(500);
});

test('one name many times over, many tokens and long documents are refused', () => {
  expect(refusal(repeated(1_001, () => 'id'))).toContain('1001 fields of one name');
  expect(refusal(repeated(8_001, (at) => `f${at % 100}`))).toBe(
    'the document has more than 8000 tokens',
  );
  expect(refusal(`# ${'x'.repeat(65_536)}`)).toContain('characters, at most 65536');
});

test('a fragment that spreads itself does not hang', () => {
  expect(refusal('{ ...a } fragment a on T { ...b } fragment b on T { x { ...a } }')).toBeNull();
});

test('a document with a syntax error is left to the next reader', () => {
  expect(refusal('{ viewer {')).toBeNull();
});

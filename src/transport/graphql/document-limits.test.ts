import { getIntrospectionQuery } from 'graphql';
import { expect, test } from 'vitest';
import { isDomainError } from '../../domain/errors.ts';
import { checkDocument } from './document-limits.ts';

function refusal(source: string): string | null {
  try {
    checkDocument(source);
    return null;
  } catch (error) {
    if (!isDomainError(error)) throw error;
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
  expect(refusal(`{ __schema ${nested(23)} }`)).toBeNull();
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

test('many tokens and long documents are refused', () => {
  expect(refusal(repeated(8_001, (at) => `f${at % 100}`))).toBe(
    'the document has more than 8000 tokens',
  );
  expect(refusal(`# ${'x'.repeat(65_536)}`)).toContain('characters, at most 65536');
});

test('one name sixty-three times at one place passes and once more does not', () => {
  const refused = 'the document has 2016 pairs of fields of one name, at most 2000 are taken';
  expect(refusal(repeated(63, () => 'a'))).toBeNull();
  expect(refusal(repeated(64, () => 'a'))).toBe(refused);
  expect(refusal(`{ b { ${'... on T { c { a } } '.repeat(64)} } }`)).toContain('pairs');
  expect(refusal(`{ ${'...f '.repeat(500)} } fragment f on T { a }`)).toBeNull();
  expect(refusal(`{ b } fragment f on T ${repeated(64, () => 'a')}`)).toBe(refused);
  // Of fields that are compared, everything within is compared too.
  expect(refusal(repeated(8, () => repeated(8, () => 'a').replace('{', 'b {')))).toContain(
    '2044 pairs',
  );
});

test('one name at many places is compared at each for itself', () => {
  const places = repeated(1_000, (at) => `f${at} { id name }`);
  expect(refusal(places)).toBeNull();
  expect(refusal(`{ a { b { id } } c { b { id } } d { e { b { id } } } }`)).toBeNull();
});

test('a hundred brackets within each other pass and one more does not', () => {
  const lists = (deep: number) => `{ a(b: ${'['.repeat(deep - 2)}1${']'.repeat(deep - 2)}) }`;
  expect(refusal(lists(100))).toBeNull();
  expect(refusal(lists(101))).toBe('the document has more than 100 brackets within each other');
  expect(refusal(repeated(101, (at) => `f${at}(a: [{}])`))).toBeNull();
  // Deep before a fault that a reader would run out of stack to find.
  expect(refusal(`${'{ a '.repeat(3_000)} \u0000`)).toContain('brackets');
});

test.each([
  ['operations', 50, (count: number) => 'query q { a } '.repeat(count)],
  ['variables', 200, (count: number) => `query (${'$v: Int '.repeat(count)}) { a }`],
  [
    'fragments',
    100,
    (count: number) =>
      Array.from({ length: count }, (_, at) => `fragment f${at} on T { a }`).join(' '),
  ],
])('%s: %d pass and one more does not', (what, max, document) => {
  expect(refusal(document(max))).toBeNull();
  expect(refusal(document(max + 1))).toBe(
    `the document has ${max + 1} ${what}, at most ${max} are taken`,
  );
});

test('two hundred directives pass and one more does not', () => {
  expect(refusal(`{ a ${'@x '.repeat(200)} }`)).toBeNull();
  expect(refusal(`{ a ${'@x '.repeat(201)} }`)).toBe('the document has more than 200 directives');
  expect(refusal(`{ a(b: "${'@x '.repeat(201)}") }`)).toBeNull();
});

test('of the schema, one whole and twenty types by name, without aliases within', () => {
  const types = (count: number) => repeated(count, (at) => `t${at}: __type(name: "T") { name }`);
  expect(refusal(types(20))).toBeNull();
  expect(refusal(types(21))).toContain('21 questions for a type by its name, at most 20');
  expect(refusal('{ __schema { types { name } } }')).toBeNull();
  expect(
    refusal('{ ...s b: __schema { types { name } } } fragment s on Query { __schema { a } }'),
  ).toContain('2 questions for the whole schema, at most 1');
  expect(refusal('query a { __schema { a } } query b { __schema { a } }')).toBeNull();
  expect(refusal('{ __type(name: "T") { b: name } }')).toContain('1 aliases within the schema');
  expect(refusal('{ __schema { ...s } } fragment s on __Schema { types { b: name } }')).toContain(
    '1 aliases within the schema',
  );
});

test('lists of the parts of a type stand within each other in no question for the schema', () => {
  const asked = (inner: string) => `{ __schema { types { fields { type { ${inner} } } } } }`;
  expect(refusal(asked('name kind enumValues { name } ofType { name }'))).toBeNull();
  for (const list of ['fields', 'inputFields', 'interfaces', 'possibleTypes']) {
    expect(refusal(asked(`${list} { name }`))).toContain('2 lists of the schema within each other');
    expect(
      refusal(`${asked('...l')} fragment l on __Type { ofType { ${list} { name } } }`),
    ).toContain('2 lists of the schema within each other');
  }
  expect(refusal('{ run { fields { fields { fields { name } } } } }')).toBeNull();
});

test('a fragment that spreads itself is refused, whatever else it holds', () => {
  expect(refusal('{ ...a } fragment a on T { ...b } fragment b on T { x { ...a } }')).toBe(
    'the fragment a spreads itself',
  );
  expect(refusal('{ a } fragment b on T { ...b ...b }')).toBe('the fragment b spreads itself');
});

test('a document with a syntax error is left to the next reader', () => {
  expect(refusal('{ viewer {')).toBeNull();
});

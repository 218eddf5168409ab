import { LARGE_ANSWERS, LARGE_INPUTS, MISTAKES } from './hostile-inputs.ts';
import { type HostileRequest, INPUT, LIMIT, many, nested } from './hostile-parts.ts';

const LEVELS = nested(20, ['lineage { nodes { ... on Run { ', '} } } '], 'id ');
const FIELDS_IN_FIELDS = nested(6, ['fields { type { ', '} } '], 'name ');

const DEEP: readonly HostileRequest[] = [
  {
    name: 'forty levels of fields',
    query: `{ run(path: "a/b/c") { ${LEVELS} } }`,
    code: LIMIT,
    says: /levels of fields, at most 12/,
  },
  {
    name: 'levels hidden in fragments',
    query: `{ run(path: "a/b/c") { ...f0 } } ${many(
      30,
      (at) => `fragment f${at} on Run { lineage { nodes { ...f${at + 1} } } }`,
    )} fragment f30 on Run { id }`,
    code: LIMIT,
    says: /levels of fields, at most 12/,
  },
  {
    name: 'two thousand selections within each other',
    query: nested(2_000, ['{ a ', '} '], ''),
    code: LIMIT,
    says: /brackets within each other/,
  },
  {
    name: 'two thousand fragments within each other',
    query: `{ ${nested(2_000, ['... { ', '} '], 'viewer { id } ')} }`,
    code: LIMIT,
    says: /brackets within each other/,
  },
  {
    name: 'a list of four thousand lists',
    query: `{ nodes(ids: ${nested(3_900, ['[', ']'], '')}) { id } }`,
    code: LIMIT,
    says: /brackets within each other/,
  },
  {
    name: 'a type of four thousand lists',
    query: `query ($x: ${nested(3_900, ['[', ']'], 'Int')}) { viewer { id } }`,
    code: LIMIT,
    says: /brackets within each other/,
  },
  {
    name: 'an object of two thousand objects',
    query: `mutation { createRun(input: {
      project: "a/b", config: ${nested(1_900, ['{a:', '}'], '1')}
    }) { fact { id } } }`,
    code: LIMIT,
    says: /brackets within each other/,
  },
  {
    name: 'a variable of two thousand lists',
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: JSON.parse(nested(2_000, ['[', ']'], '')) },
    code: INPUT,
    says: /nested deeper than \d+ levels/,
  },
];

const WIDE: readonly HostileRequest[] = [
  {
    name: 'ten thousand aliases',
    query: `{ ${many(10_000, (at) => `a${at}: viewer { id }`)} }`,
    code: LIMIT,
    says: /characters, at most 65536/,
  },
  {
    name: 'a thousand aliases',
    query: `{ ${many(1_000, (at) => `a${at}: viewer { id }`)} }`,
    code: LIMIT,
    says: /1000 aliases, at most 100/,
  },
  {
    name: 'aliases multiplied by fragments',
    query: `{ ...a0 ...a1 ...a2 ...a3 } ${many(
      4,
      (n) => `fragment a${n} on Query { ${many(90, (at) => `a${n}x${at}: viewer { id }`)} }`,
    )}`,
    code: LIMIT,
    says: /360 aliases, at most 100/,
  },
  {
    name: 'more tokens than are read',
    query: `{ ${many(9_000, () => 'id')} }`,
    code: LIMIT,
    says: /more than 8000 tokens/,
  },
  {
    name: 'a document of a mebibyte of comments',
    query: `{ viewer { id } } #${'x'.repeat(900_000)}`,
    code: LIMIT,
    says: /characters, at most 65536/,
  },
  {
    name: 'one field a thousand times',
    query: `{ ${many(1_300, () => 'viewer { id }')} }`,
    code: LIMIT,
    says: /pairs of fields of one name, at most/,
  },
  {
    name: 'a few fields as often as may be',
    query: `{ ${many(180, () => 'viewer { id name kind }')} ${many(
      180,
      () => 'node(id: "x") { id __typename }',
    )} ${many(180, () => 'run(id: "x") { tags status }')} }`,
    code: LIMIT,
    says: /pairs of fields of one name, at most/,
  },
  {
    name: 'a thousand operations',
    query: many(1_000, (at) => `query q${at} { viewer { id } }`),
    operationName: 'q7',
    code: LIMIT,
    says: /operations, at most/,
  },
  {
    name: 'seven hundred fragments',
    query: `{ ${many(700, (at) => `...f${at}`)} } ${many(
      700,
      (at) => `fragment f${at} on Query { a }`,
    )}`,
    code: LIMIT,
    says: /fragments, at most/,
  },
  {
    name: 'three thousand directives',
    query: `{ viewer ${many(3_000, () => '@x')} { id } }`,
    code: LIMIT,
    says: /more than 200 directives/,
  },
  {
    name: 'directives with arguments, on many fields',
    query: `{ ${many(150, (at) => `f${at} @include(if: true) @skip(if: false)`)} }`,
    code: LIMIT,
    says: /more than 200 directives/,
  },
  {
    name: 'a thousand variables',
    query: `query (${many(1_000, (at) => `$v${at}: Int`)}) { viewer { id } }`,
    code: LIMIT,
    says: /variables, at most/,
  },
];

const BOMBS: readonly HostileRequest[] = [
  {
    name: 'fragments that double each other',
    query: `{ ...f0 } ${many(
      60,
      (at) => `fragment f${at} on Query { a: viewer { id } ...f${at + 1} ...f${at + 1} }`,
    )} fragment f60 on Query { viewer { id } }`,
    code: LIMIT,
    says: /fields, at most 5000/,
  },
  {
    name: 'fragments that lead to each other in a circle',
    query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
    code: INPUT,
    says: /the fragment a spreads itself/,
  },
  {
    name: 'a circle of ninety fragments that double each other',
    query: `{ ...f0 } ${many(
      90,
      (at) => `fragment f${at} on Query { ...f${(at + 1) % 90} ...f${(at + 1) % 90} }`,
    )}`,
    code: INPUT,
    says: /the fragment f0 spreads itself/,
  },
  {
    name: 'sixty fragments that each spread all',
    query: `{ ...f0 } ${many(
      60,
      (at) => `fragment f${at} on Query { ${many(60, (to) => `...f${to}`)} }`,
    )}`,
    code: INPUT,
    says: /the fragment f0 spreads itself/,
  },
  {
    name: 'fields of types of fields of types',
    query: `{ __schema { types { ${FIELDS_IN_FIELDS} } } }`,
    code: LIMIT,
    says: /lists of the schema within each other, at most 1/,
  },
  {
    name: 'two lists of the schema within each other',
    query: '{ __schema { types { fields { type { fields { name } } } } } }',
    code: LIMIT,
    says: /lists of the schema within each other, at most 1/,
  },
  {
    name: 'lists of the schema in fragments within each other',
    query: `{ ...q } fragment q on Query { __schema { types { ...t } } }
      fragment t on __Type { possibleTypes { ...u } } fragment u on __Type { interfaces { name } }`,
    code: LIMIT,
    says: /lists of the schema within each other, at most 1/,
  },
  {
    name: 'the schema ninety times',
    query: `{ ${many(90, (at) => `a${at}: __schema { types { name fields { name } } }`)} }`,
    code: LIMIT,
    says: /90 questions for the whole schema, at most 1/,
  },
  {
    name: 'the parts of the schema ninety times',
    query: `{ __schema { ${many(90, (at) => `a${at}: types { fields { args { name } } }`)} } }`,
    code: LIMIT,
    says: /aliases within the schema/,
  },
];

/** What a client could send to make the hub work for long, with the refusal of each. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...DEEP,
  ...WIDE,
  ...MISTAKES,
  ...BOMBS,
  ...LARGE_ANSWERS,
  ...LARGE_INPUTS,
];

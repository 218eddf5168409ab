import { type HostileRequest, INPUT, INVALID, LIMIT, many } from './hostile-parts.ts';

/** Within the limits, and wrong in as many places as may be: each is told with suggestions. */
export const MISTAKES: readonly HostileRequest[] = [
  {
    name: 'a thousand fields that are not there',
    query: `{ ${many(1_000, (at) => `projecst${at}`)} }`,
    code: INVALID,
    says: /Cannot query field "projecst0"/,
  },
  {
    name: 'a thousand arguments that are not there',
    query: `{ projects(${many(1_000, (at) => `firts${at}: 1`)}) { edges { cursor } } }`,
    code: INVALID,
    says: /Unknown argument "firts0"/,
  },
  {
    name: 'two hundred variables of types that are not there',
    query: `query (${many(200, (at) => `$v${at}: CreateRunInptu${at}`)}) { viewer { id } }`,
    code: INVALID,
    says: /Unknown type "CreateRunInptu0"/,
  },
  {
    name: 'a thousand parts of an input that are not there',
    query: `mutation { createRun(input: { ${many(1_000, (at) => `projecct${at}: 1`)} }) {
      fact { id } } }`,
    code: INVALID,
    says: /Field "projecct0" is not defined|was not provided/,
  },
  {
    name: 'fields that do not agree, as often as may be',
    query: `{ ${many(
      25,
      (at) => `viewer { id } node(id: "${at}") { __typename } run(id: "${at}") { name }`,
    )} }`,
    code: INVALID,
    says: /Fields "(?:node|run)" conflict/,
  },
  {
    name: 'fragments that do not agree with each other',
    query: `{ ${many(30, (at) => `...f${at}`)} } ${many(
      30,
      (at) => `fragment f${at} on Query { node(id: "${at}") { id } viewer { kind } }`,
    )}`,
    code: INVALID,
    says: /Fields "node" conflict/,
  },
];

/** Small questions for answers that nobody could read. */
export const LARGE_ANSWERS: readonly HostileRequest[] = [
  {
    name: 'a million nodes of a walk',
    query: '{ lineage(root: "x", first: 1000000) { nodes { id name } } }',
    code: LIMIT,
    says: /could have \d+ fields, at most 50000/,
  },
  {
    name: 'a million projects',
    query: '{ projects(first: 1000000) { edges { node { id } } } }',
    code: LIMIT,
    says: /could have \d+ fields, at most 50000/,
  },
  {
    name: 'a million facts, from the end',
    query: 'query ($n: Int) { auditLog(last: $n) { edges { node { index } } } }',
    variables: { n: 1_000_000 },
    code: LIMIT,
    says: /could have \d+ fields, at most 50000/,
  },
  {
    name: 'more than an integer holds',
    query: '{ projects(first: 100000000000) { edges { cursor } } }',
    code: INVALID,
    says: /Int cannot represent/,
  },
  {
    name: 'pages within pages',
    query: `{ resolve(identifier: "x") { ... on Run { outputs(first: 500) { edges { node {
      ... on ModelVersion { usedBy(first: 500) { edges { node { id } } } } } } } } } }`,
    code: LIMIT,
    says: /could have \d+ fields, at most 50000/,
  },
  {
    name: 'ten thousand metrics of a million points',
    query: `query ($keys: [String!]!) {
      run(id: "x") { metrics(keys: $keys, samples: 1000000) { points { value } } } }`,
    variables: { keys: Array.from({ length: 10_000 }, (_, at) => `m${at}`) },
    code: LIMIT,
    says: /could have \d+ fields, at most 50000/,
  },
];

/** Documents that are short, with variables that are not. */
export const LARGE_INPUTS: readonly HostileRequest[] = [
  {
    name: 'ten thousand ids',
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: Array.from({ length: 10_000 }, (_, at) => `run_${at}`) },
    code: LIMIT,
    says: /at most 500 ids at once, not 10000/,
  },
  {
    name: 'a hundred thousand ids',
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }',
    variables: { ids: Array.from({ length: 100_000 }, () => 'x') },
    code: LIMIT,
    says: /the variables have a list of 100000 values, at most 10000/,
  },
  {
    name: 'ten thousand references',
    query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
    variables: { r: Array.from({ length: 10_000 }, (_, at) => ({ __typename: 'Run', id: at })) },
    code: LIMIT,
    says: /at most 1000 references at once, not 10000/,
  },
  {
    name: 'a path of half a mebibyte',
    query: 'query ($path: String!) { run(path: $path) { id } }',
    variables: { path: `a/b/${'x'.repeat(500_000)}` },
    code: INPUT,
    says: /longer|at most|characters/,
  },
  {
    name: 'a text of half a mebibyte to search for',
    query: 'query ($text: String!) { search(text: $text) { edges { cursor } } }',
    variables: { text: 'abc '.repeat(125_000) },
    code: INPUT,
    says: /longer|at most|characters/,
  },
  {
    name: 'an identifier of half a mebibyte',
    query: 'query ($text: String!) { resolve(identifier: $text) { id } }',
    variables: { text: 'abc:'.repeat(125_000) },
    code: INPUT,
    says: /longer|at most|characters/,
  },
  {
    name: 'a cursor of half a mebibyte',
    query: 'query ($after: String!) { projects(after: $after) { edges { cursor } } }',
    variables: { after: 'abcd'.repeat(125_000) },
    code: INPUT,
    says: /the cursor is none that this hub handed out/,
  },
  {
    name: 'forty thousand ids in four lists',
    query: `query ($a: [ID!]!, $b: [ID!]!, $c: [ID!]!, $d: [ID!]!) {
      a: nodes(ids: $a) { id } b: nodes(ids: $b) { id }
      c: nodes(ids: $c) { id } d: nodes(ids: $d) { id } }`,
    variables: Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [name, Array.from({ length: 9_999 }, () => 'x')]),
    ),
    code: LIMIT,
    says: /at most 500 ids at once, not 9999/,
  },
  {
    name: 'a hundred thousand values of a variable that nothing uses',
    query: '{ viewer { id } }',
    variables: { n: Array.from({ length: 100_000 }, () => 1) },
    code: LIMIT,
    says: /the variables have a list of 100000 values, at most 10000/,
  },
  {
    name: 'ten thousand wrong ids',
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: Array.from({ length: 10_000 }, () => ({ id: 'x' })) },
    code: INPUT,
    says: /got invalid value/,
  },
];

/**
 * Who may import whom. Rooms are the folders of src/; a room may use itself and what ROOMS names.
 * Types count as imports too: a type that walks backwards is a design that walks backwards.
 * Tests that stand beside a file may import anything: the embedded store is their test double.
 */
const ROOMS = {
  domain: [],
  ports: ['domain'],
  wire: ['domain'],
  ledger: ['domain', 'ports'],
  commands: ['domain', 'ports', 'ledger'],
  projections: ['domain', 'ports'],
  transport: ['domain', 'ports', 'wire', 'ledger', 'commands', 'projections'],
  workers: ['domain', 'ports', 'wire', 'ledger', 'commands', 'projections'],
  adapters: ['domain', 'ports'],
  web: [],
};

/** A package may be imported below these folders only. A package without a row may not be used. */
const PACKAGES = {
  'neo4j-driver': ['adapters/neo4j'],
  'type-graphql': ['transport/graphql'],
  'graphql-query-complexity': ['transport/graphql'],
  'graphql-scalars': ['transport/graphql'],
  dataloader: ['transport/graphql'],
  'reflect-metadata': ['transport/graphql', 'main'],
  '@apollo/server': ['transport/graphql', 'main'],
  '@as-integrations/fastify': ['transport/graphql', 'main'],
  graphql: ['transport', 'main'],
  fastify: ['transport', 'main'],
  libsql: ['adapters/sqlite'],
  bullmq: ['adapters/bullmq'],
  ioredis: ['adapters/bullmq'],
  hyparquet: ['adapters/filesystem'],
  'hyparquet-writer': ['adapters/filesystem'],
  jose: ['adapters/jose'],
  commander: ['main'],
  pino: ['main', 'transport', 'adapters/system'],
  'prom-client': ['transport', 'adapters/system', 'main'],
  yaml: ['main'],
  zod: ['domain', 'main', 'transport', 'wire', 'commands', 'ledger'],
};

/** Modules of Node that the rooms without side effects may use. */
const PURE_ROOMS = {
  domain: ['crypto', 'buffer'],
  commands: ['crypto'],
  projections: ['crypto'],
};

const TEST_FILE = '[.]test[.]ts$';
const literal = (text) => text.replace(/[/.-]/g, '[$&]');
const anyOf = (names) => `(?:${names.map(literal).join('|')})`;
/** The path of a package, found in node_modules or, when it is not installed, by its bare name. */
const packagePath = (names) => `(?:^|node_modules/)${anyOf(names)}(?:/|$)`;

const roomRules = Object.entries(ROOMS).map(([room, uses]) => ({
  name: `room-${room}`,
  comment: `src/${room} may import ${uses.length === 0 ? 'itself only' : uses.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: TEST_FILE },
  to: { path: '^src/', pathNot: `^src/${anyOf([room, ...uses])}/` },
}));

const packageRules = Object.entries(PACKAGES).map(([name, folders]) => ({
  name: `package-${name}`,
  comment: `${name} belongs to ${folders.map((folder) => `src/${folder}`).join(', ')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: [`^src/${anyOf(folders)}/`, '^src/web/', TEST_FILE] },
  to: { path: packagePath([name]) },
}));

const pureRules = Object.entries(PURE_ROOMS).map(([room, builtins]) => ({
  name: `pure-${room}`,
  comment: `of Node's own modules src/${room} may import ${builtins.join(' and ')} only`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: TEST_FILE },
  to: { dependencyTypes: ['core'], pathNot: `^(?:node:)?${anyOf(builtins)}$` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...packageRules,
    ...pureRules,
    {
      name: 'strangers',
      comment: 'formats, doors and adapters do not know each other; doors may share transport/http',
      severity: 'error',
      from: { path: '^src/(wire|transport|adapters)/([^/]+)/', pathNot: TEST_FILE },
      to: { path: '^src/$1/[^/]+/', pathNot: ['^src/$1/$2/', '^src/transport/http/'] },
    },
    {
      name: 'no-circle',
      comment: 'modules that import each other cannot be understood one at a time',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-import-of-tests',
      comment: 'the product does not depend on its tests',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST_FILE },
      to: { path: [TEST_FILE, '^(?:test|bench|scripts|dist)/'] },
    },
    {
      name: 'package-without-row',
      comment: 'a package gets a row in PACKAGES, and so a place, before it is used',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/web/', TEST_FILE] },
      to: {
        path: 'node_modules/',
        pathNot: packagePath(Object.keys(PACKAGES)),
      },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere would escape every other rule',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
};

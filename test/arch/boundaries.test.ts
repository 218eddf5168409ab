import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
const ruleNames: string[] = config.forbidden.map((rule: { name: string }) => rule.name);

const cruiseTree = async (baseDir: string): Promise<ICruiseResult> => {
  const options: ICruiseOptions = {
    ...config.options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  };
  const { output } = await cruise(['src'], options);
  return output as ICruiseResult;
};

const breachesOf = (result: ICruiseResult): string[] =>
  result.summary.violations
    .map((breach) => `${breach.rule.name}: ${breach.from} -> ${breach.to}`)
    .sort();

describe('imports in src/', () => {
  let result: ICruiseResult;
  beforeAll(async () => {
    result = await cruiseTree(root);
  });

  test('every file was looked at', () => {
    const onDisk = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    const seen = new Set(result.modules.map((module) => module.source));
    expect(onDisk.length).toBeGreaterThan(0);
    expect(onDisk.filter((path) => !seen.has(path))).toEqual([]);
  });

  test('each file stands in a room', () => {
    const rooms = ruleNames.flatMap((name) => /^room-(.+)$/.exec(name)?.[1] ?? []);
    const strays = readdirSync(join(root, 'src')).filter(
      (name) => ![...rooms, 'main'].includes(name),
    );
    expect(strays).toEqual([]);
  });

  test('no rule is broken', () => {
    expect(breachesOf(result)).toEqual([]);
  });
});

/** One line of code a file, and the rules that this line breaks; none means that it is allowed. */
const PLANTED: ReadonlyArray<readonly [path: string, code: string, rules: readonly string[]]> = [
  ['domain/a.ts', "import '../ports/a.ts';", ['room-domain']],
  ['domain/b.ts', "import type { A } from '../ports/a.ts';", ['room-domain']],
  ['domain/c.ts', "import 'node:fs';", ['pure-domain']],
  ['domain/d.ts', "import 'fs';", ['pure-domain']],
  ['domain/e.ts', "import 'node:fs/promises';", ['pure-domain']],
  ['domain/f.ts', "import 'node:crypto'; import 'node:buffer'; import 'zod';", []],
  ['domain/g.test.ts', "import 'node:fs'; import '../adapters/sqlite/a.ts';", []],
  ['domain/h.ts', "export const h = () => import('../main/a.ts');", ['room-domain']],
  ['ports/a.ts', 'export type A = 1;', []],
  ['ports/b.ts', "import '../ledger/a.ts';", ['room-ports']],
  ['wire/cdevents/a.ts', "import '../../ports/a.ts';", ['room-wire']],
  ['wire/cdevents/b.ts', "import '../github/a.ts';", ['strangers']],
  ['wire/cdevents/c.ts', "import '../shared.ts'; import '../../domain/f.ts';", []],
  ['wire/github/a.ts', 'export {};', []],
  ['wire/shared.ts', 'export {};', []],
  ['ledger/a.ts', "import '../domain/f.ts'; import '../ports/a.ts';", []],
  ['ledger/b.ts', "import '../commands/a.ts';", ['room-ledger']],
  ['commands/a.ts', "import '../ledger/a.ts'; import 'zod'; import 'node:crypto';", []],
  ['commands/b.ts', "import '../projections/a.ts';", ['room-commands']],
  ['commands/c.ts', "import 'node:os';", ['pure-commands']],
  ['projections/a.ts', "import '../ports/a.ts';", []],
  ['projections/b.ts', "import '../ledger/a.ts';", ['room-projections']],
  ['projections/c.ts', "import 'node:path';", ['pure-projections']],
  ['transport/error-table.ts', 'export {};', []],
  ['transport/http/a.ts', "import 'fastify'; import '../error-table.ts';", []],
  ['transport/http/b.ts', "import '../wandb/a.ts';", ['strangers']],
  ['transport/wandb/a.ts', "import '../http/a.ts'; import '../../commands/a.ts';", []],
  ['transport/wandb/b.ts', "import '../mlflow/a.ts';", ['strangers']],
  ['transport/wandb/c.ts', "import '../../workers/a.ts';", ['room-transport']],
  ['transport/wandb/d.ts', "import 'type-graphql';", ['package-type-graphql']],
  ['transport/wandb/e.ts', "import '@apollo/server';", ['package-@apollo/server']],
  ['transport/mlflow/a.ts', "import 'pino'; import 'prom-client'; import 'graphql';", []],
  ['workers/a.ts', "import '../wire/shared.ts'; import '../projections/a.ts';", []],
  ['workers/b.ts', "import '../adapters/sqlite/a.ts';", ['room-workers']],
  ['workers/c.ts', "import 'fastify';", ['package-fastify']],
  ['workers/d.ts', "import 'commander'; import 'pino';", ['package-commander', 'package-pino']],
  ['adapters/sqlite/a.ts', "import 'libsql'; import '../../ports/a.ts';", []],
  ['adapters/sqlite/b.ts', "import '../neo4j/a.ts';", ['strangers']],
  ['adapters/sqlite/c.ts', "import '../../ledger/a.ts';", ['room-adapters']],
  ['adapters/sqlite/d.ts', "import 'neo4j-driver';", ['package-neo4j-driver']],
  ['adapters/neo4j/a.ts', "import 'neo4j-driver';", []],
  ['adapters/neo4j/b.ts', "import 'libsql';", ['package-libsql']],
  [
    'adapters/neo4j/c.ts',
    "import 'bullmq'; import 'ioredis';",
    ['package-bullmq', 'package-ioredis'],
  ],
  ['adapters/neo4j/d.ts', "import 'zod'; import 'graphql';", ['package-graphql', 'package-zod']],
  ['adapters/bullmq/a.ts', "import 'bullmq'; import 'ioredis';", []],
  ['adapters/bullmq/b.ts', "import 'jose';", ['package-jose']],
  ['adapters/jose/a.ts', "import 'jose';", []],
  ['web/a.ts', "import 'left-pad';", []],
  ['web/b.ts', "import '../domain/f.ts';", ['room-web']],
  ['workers/e.ts', "import '../web/a.ts';", ['room-workers']],
  ['main/a.ts', "import '../adapters/sqlite/a.ts'; import 'commander'; import 'graphql';", []],
  ['main/b.ts', "import './c.ts'; export const b = 1;", ['no-circle']],
  // A circle is reported once, at the file where it was met first.
  ['main/c.ts', "import './b.ts'; export const c = 1;", []],
  ['main/d.ts', "import 'left-pad';", ['package-without-row']],
  ['main/e.ts', "import './missing.ts';", ['resolvable']],
  ['main/f.ts', "import '../domain/g.test.ts';", ['no-import-of-tests']],
  ['main/g.ts', "import 'not-installed';", ['resolvable']],
];

const PLANTED_PACKAGES = [
  ...ruleNames.flatMap((name) => /^package-(?!without-row)(.+)$/.exec(name)?.[1] ?? []),
  'left-pad',
];

const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

describe('the rules themselves, on planted code', () => {
  const tree = mkdtempSync(join(tmpdir(), 'ledgerline-boundaries-'));
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  const found = new Map<string, Set<string>>();
  beforeAll(async () => {
    const dependencies = Object.fromEntries(PLANTED_PACKAGES.map((name) => [name, '1.0.0']));
    write(join(tree, 'package.json'), JSON.stringify({ name: 'planted', dependencies }));
    for (const name of PLANTED_PACKAGES) {
      const folder = join(tree, 'node_modules', name);
      write(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'x.js' }));
      write(join(folder, 'x.js'), 'module.exports = {};\n');
    }
    for (const [path, code] of PLANTED) write(join(tree, 'src', path), `${code}\n`);
    for (const { rule, from } of (await cruiseTree(tree)).summary.violations) {
      const path = from.replace(/^src\//, '');
      found.set(path, (found.get(path) ?? new Set()).add(rule.name));
    }
  });

  test.each(PLANTED)('%s: %s', (path, _code, rules) => {
    expect([...(found.get(path) ?? [])].sort()).toEqual([...rules].sort());
  });

  test('every kind of rule has planted code that breaks it', () => {
    const broken = new Set(PLANTED.flatMap(([, , rules]) => rules));
    const untried = ruleNames.filter((name) => !broken.has(name) && !name.startsWith('package-'));
    expect(untried).toEqual([]);
  });
});

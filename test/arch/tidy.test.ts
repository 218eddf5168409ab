import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { applyExceptions, type Exception, findUntidy } from './tidy.ts';

/**
 * Places where a rule is wrong. `rule` and `subject` are the words that the failing test prints.
 * The list only shrinks: an exception that nothing needs any more fails the test below.
 */
const EXCEPTIONS: readonly Exception[] = [];

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const sourcesBelow = (folder: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((path) => !/(^|\/)(node_modules|generated|dist)\//.test(path))
    : [];

describe('the house is tidy', () => {
  const paths = ['src', 'test', 'bench'].flatMap(sourcesBelow);
  const findings = paths.flatMap((path) =>
    findUntidy({ path, text: readFileSync(join(root, path), 'utf8') }),
  );
  const { open, unneeded } = applyExceptions(findings, EXCEPTIONS);

  test('files were read', () => {
    expect(paths.length).toBeGreaterThan(3);
  });

  test('no rule is broken', () => {
    const lines = open.map(
      ({ path, line, rule, subject, message }) =>
        `${path}:${line} [${rule}: ${subject}] ${message}`,
    );
    expect(lines).toEqual([]);
  });

  test('every exception is still needed and has a reason', () => {
    expect(unneeded).toEqual([]);
    expect(EXCEPTIONS.filter(({ reason }) => reason.trim().split(/\s+/).length < 4)).toEqual([]);
  });
});

const rulesIn = (text: string, path = 'src/domain/planted.ts'): string[] =>
  findUntidy({ path, text }).map(({ rule, subject }) => `${rule}: ${subject}`);

const statements = (count: number): string => '  step();\n'.repeat(count);

describe('tidy itself, on planted text', () => {
  test('a function of 70 lines passes and one of 71 does not', () => {
    expect(rulesIn(`export function f() {\n${statements(68)}}\n`)).toEqual([]);
    expect(rulesIn(`export function f() {\n${statements(69)}}\n`)).toEqual(['function-length: f']);
  });

  test('methods, arrows, constructors and callbacks are measured', () => {
    const body = `{\n${statements(70)}}`;
    expect(rulesIn(`class A { m() ${body} }`)).toEqual(['function-length: m']);
    expect(rulesIn(`class A { constructor() ${body} }`)).toEqual([
      'function-length: A.constructor',
    ]);
    expect(rulesIn(`const f = () => ${body};`)).toEqual(['function-length: f']);
    expect(rulesIn(`run(() => ${body});`)).toEqual(['function-length: run callback']);
  });

  test('tests may have long functions and long files', () => {
    const text = `run(() => {\n${statements(500)}});\n`;
    expect(rulesIn(text, 'src/domain/planted.test.ts')).toEqual([]);
    expect(rulesIn(text, 'test/contract/planted.ts')).toEqual([]);
  });

  test('a file of 400 lines passes and one of 401 does not', () => {
    expect(rulesIn('step();\n'.repeat(400))).toEqual([]);
    expect(rulesIn('step();\n'.repeat(401))).toEqual(['file-length: file']);
  });

  test('a line of 100 columns passes and one of 101 does not', () => {
    const line = (columns: number): string => `// a${' b'.repeat((columns - 4) / 2)}`;
    expect(rulesIn(line(100))).toEqual([]);
    expect(rulesIn(`${line(100)}c`)).toEqual([`line-length: ${line(100)}c`]);
    expect(rulesIn(`${line(100)}c`, 'test/e2e/planted.ts')).toHaveLength(1);
  });

  test('columns are characters, and one word that cannot be broken may be longer', () => {
    expect(rulesIn(`// ${'é'.repeat(97)}`)).toEqual([]);
    expect(rulesIn(`// https://example.org/${'a'.repeat(100)}`)).toEqual([]);
    expect(rulesIn(`const a = 'b${'c'.repeat(100)}';`)).toHaveLength(1);
    expect(rulesIn(`import { a } from './${'b'.repeat(100)}.ts';`)).toEqual([]);
    expect(rulesIn(`import { a, b } from './${'b'.repeat(100)}.ts';`)).toHaveLength(1);
  });

  test.each([
    'function f(a: boolean) {}',
    'function f(a?: boolean) {}',
    'function f(a: boolean | undefined) {}',
    'function f(a: true | null) {}',
    'function f(a = false) {}',
    'const f = (a: boolean) => 1;',
    'interface P { f(a: boolean): void }',
  ])('a boolean parameter: %s', (text) => {
    expect(rulesIn(text)).toEqual(['boolean-parameter: f']);
  });

  test('a boolean inside an object, or beside other values, says what it means', () => {
    expect(rulesIn('function f(a: { deep: boolean }, b: string | boolean) {}')).toEqual([]);
    const resolver = "class R { @Query() f(@Arg('deep') deep: boolean) {} }";
    expect(rulesIn(resolver, 'src/transport/graphql/planted.ts')).toEqual([]);
  });

  test('three parameters pass and four do not', () => {
    expect(rulesIn('function f(a: A, b: B, c: C) {}')).toEqual([]);
    expect(rulesIn('function f(this: T, a: A, b: B, c: C) {}')).toEqual([]);
    expect(rulesIn('function f(a: A, b: B, c: C, d: D) {}')).toEqual(['parameters: f']);
    expect(rulesIn('interface P { f(a: A, b: B, c: C, d: D): void }')).toEqual(['parameters: f']);
  });

  test('a constructor may take five, its properties counted', () => {
    const parameters = 'private a: A, readonly b: B, c: C, d: D, e: E';
    expect(rulesIn(`class S { constructor(${parameters}) {} }`)).toEqual([]);
    const tooMany = `class S { constructor(${parameters}, private f: F) {} }`;
    expect(rulesIn(tooMany)).toEqual(['parameters: S.constructor']);
  });

  test('a resolver may take five, a plain method beside it may not', () => {
    const path = 'src/transport/graphql/planted.ts';
    const parameters = 'a: A, b: B, c: C, d: D, e: E';
    expect(rulesIn(`class R { @Query() f(${parameters}) {} }`, path)).toEqual([]);
    expect(rulesIn(`class R { @Query() f(${parameters}, g: G) {} }`, path)).toHaveLength(1);
    expect(rulesIn(`class R { f(${parameters}) {} }`, path)).toEqual(['parameters: f']);
    expect(rulesIn(`class R { @Query() f(${parameters}) {} }`)).toEqual(['parameters: f']);
  });

  test.each([
    'export default 1;',
    'export default class A {}',
    'export default function f() {}',
    'const a = 1; export { a as default };',
  ])('a default export: %s', (text) => {
    expect(rulesIn(text)).toEqual(['default-export: default']);
    expect(rulesIn(text, 'test/e2e/planted.ts')).toEqual(['default-export: default']);
  });

  test.each(['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK'])('a leftover word: %s', (word) => {
    expect(rulesIn(`// ${word}: later`)).toEqual([`leftover: ${word}`]);
    expect(rulesIn(`// ${word}s are fine in a longer word`)).toEqual([]);
  });

  test.each([
    ['Date.now()', 'Date.now'],
    ['globalThis.Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['new Date', 'new Date()'],
    ['Date()', 'Date()'],
    ['Math.random()', 'Math.random'],
    ['crypto.randomUUID()', 'randomUUID'],
    ['randomUUID()', 'randomUUID'],
    ["console.log('a')", 'console'],
    ['console.error(1)', 'console'],
    ['process.env.HOME', 'process.env'],
  ])('a banned call: %s', (code, call) => {
    expect(rulesIn(`const a = ${code};`)).toEqual([`banned-call: ${call}`]);
    expect(rulesIn(`const a = ${code};`, 'src/domain/planted.test.ts')).toEqual([]);
  });

  test('the message names what to use', () => {
    const [finding] = findUntidy({ path: 'src/ledger/planted.ts', text: 'Date.now();' });
    expect(finding?.message).toBe('Date.now is not for this room; use the clock port');
  });

  test('a date from a value is not the clock, and a comment is not a call', () => {
    expect(rulesIn('const a = new Date(at); // not Date.now()')).toEqual([]);
    expect(rulesIn("const a = 'Math.random()';")).toEqual([]);
  });

  test('each ban has its own home', () => {
    const system = 'src/adapters/system/planted.ts';
    expect(rulesIn('Date.now(); Math.random(); crypto.randomUUID();', system)).toEqual([]);
    expect(rulesIn('process.env;', system)).toEqual(['banned-call: process.env']);
    expect(rulesIn('process.env;', 'src/main/wiring.ts')).toEqual(['banned-call: process.env']);
    expect(rulesIn('process.env;', 'src/main/config.ts')).toEqual([]);
    expect(rulesIn('console.log(1);', 'src/main/cli.ts')).toEqual([]);
    expect(rulesIn('console.log(1);', system)).toEqual(['banned-call: console']);
  });

  test.each([
    ['src/domain/RunStatus.ts', 'RunStatus.ts'],
    ['src/domain/run_status.ts', 'run_status.ts'],
    ['src/inToto/run.ts', 'run.ts'],
  ])('a name that is not kebab-case: %s', (path, subject) => {
    expect(rulesIn('step();', path)).toEqual([`file-name: ${subject}`]);
  });

  test('kebab-case names pass', () => {
    for (const path of [
      'src/wire/in-toto/v1.ts',
      'src/domain/a-b.test.ts',
      'src/web/app-bar.tsx',
    ]) {
      expect(rulesIn('step();', path)).toEqual([]);
    }
  });

  test('an exception covers its finding alone, and one without a finding is reported', () => {
    const finding = (subject: string): Finding => {
      return { path: 'src/a.ts', line: 1, rule: 'parameters', subject, message: '' };
    };
    const exception = (subject: string): Exception => {
      return { path: 'src/a.ts', rule: 'parameters', subject, reason: 'the library calls it so' };
    };
    const result = applyExceptions([finding('f'), finding('g')], [exception('f'), exception('h')]);
    expect(result.open).toEqual([finding('g')]);
    expect(result.unneeded).toEqual([exception('h')]);
  });
});

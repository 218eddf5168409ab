import ts from 'typescript';
import type { Finding } from './finding.ts';
import { measureFunctions } from './tidy-functions.ts';

export const FILE_LINES_MAX = 400;
export const LINE_COLUMNS_MAX = 100;

export type SourceText = { readonly path: string; readonly text: string };

type Ban = {
  readonly call: string;
  readonly instead: string;
  readonly allowedIn: RegExp;
};

const SYSTEM = /^src\/(adapters\/system|main)\//;
const MAIN = /^src\/main\//;
const CONFIG = /^src\/main\/(config|production-mode)\.ts$/;

/** Calls that make a test depend on the hour, the dice or the shell, and what to use for them. */
const BANS: readonly Ban[] = [
  { call: 'Date.now', instead: 'the clock port', allowedIn: SYSTEM },
  { call: 'new Date()', instead: 'the clock port', allowedIn: SYSTEM },
  { call: 'Date()', instead: 'the clock port', allowedIn: SYSTEM },
  { call: 'Math.random', instead: 'the ids port', allowedIn: SYSTEM },
  { call: 'randomUUID', instead: 'the ids port', allowedIn: SYSTEM },
  { call: 'console', instead: 'the logger that main hands down', allowedIn: MAIN },
  {
    call: 'process.env',
    instead: 'the parsed configuration of src/main/config.ts',
    allowedIn: CONFIG,
  },
];

const KEBAB_FILE = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d|config))?\.tsx?$/;
const KEBAB_FOLDER = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LEFTOVER = /\b(TODO|FIXME|HACK)\b/i;
/** The formatter has no other form for it. */
const ONE_LONG_IMPORT = /^(import|export) (type )?\{ \w+( as \w+)? \} from '[^']+';$/;
const ONE_LONG_WORD = /^\s*(\/\/|\*|[-+])?\s*['"`]?\S+['"`]?[,;)]*$/;

const isProduct = (path: string): boolean => path.startsWith('src/') && !/\.test\.tsx?$/.test(path);

const nameFindings = ({ path }: SourceText): Finding[] => {
  const parts = path.split('/');
  const file = parts.pop() ?? '';
  if (KEBAB_FILE.test(file) && parts.every((part) => KEBAB_FOLDER.test(part))) return [];
  const message = 'name files and folders in kebab-case';
  return [{ path, line: 1, rule: 'file-name', subject: file, message }];
};

const lineFindings = ({ path, text }: SourceText): Finding[] => {
  const findings: Finding[] = [];
  text.split('\n').forEach((content, index) => {
    const line = index + 1;
    const columns = [...content].length;
    const breakable = !ONE_LONG_WORD.test(content) && !ONE_LONG_IMPORT.test(content);
    if (columns > LINE_COLUMNS_MAX && breakable) {
      const message = `${columns} columns, at most ${LINE_COLUMNS_MAX}`;
      findings.push({ path, line, rule: 'line-length', subject: content.trim(), message });
    }
    const word = isProduct(path) ? LEFTOVER.exec(content)?.[1] : undefined;
    if (word !== undefined) {
      const message = `"${word}": do it now, or say in a decision record why not`;
      findings.push({ path, line, rule: 'leftover', subject: word, message });
    }
  });
  return findings;
};

const fileFindings = ({ path, text }: SourceText): Finding[] => {
  const lines = text.trimEnd().split('\n').length;
  if (!isProduct(path) || lines <= FILE_LINES_MAX) return [];
  const message = `${lines} lines, at most ${FILE_LINES_MAX}: it wants to be two files`;
  return [{ path, line: 1, rule: 'file-length', subject: 'file', message }];
};

/** The banned call that a node is, spelled as in BANS. */
const bannedCall = (node: ts.Node): string | undefined => {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') {
    return (node.arguments?.length ?? 0) === 0 ? 'new Date()' : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()';
  if (ts.isIdentifier(node) && node.text === 'randomUUID') return 'randomUUID';
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const access = node.getText().replace(/^globalThis\./, '');
  if (/^console\.\w+$/.test(access)) return 'console';
  return ['Date.now', 'Math.random', 'process.env'].find((call) => call === access);
};

const isDefaultExport = (node: ts.Node): boolean => {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
};

const nodeFindings = (file: ts.SourceFile): Finding[] => {
  const path = file.fileName;
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (isDefaultExport(node)) {
      const message = 'export by name, so that a thing has one name everywhere';
      findings.push({ path, line, rule: 'default-export', subject: 'default', message });
    }
    const call = isProduct(path) ? bannedCall(node) : undefined;
    const ban = BANS.find((candidate) => candidate.call === call);
    if (ban !== undefined && !ban.allowedIn.test(path)) {
      const message = `${ban.call} is not for this room; use ${ban.instead}`;
      findings.push({ path, line, rule: 'banned-call', subject: ban.call, message });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
};

/** Every breach of the house style in one file; `path` is relative to the project, with slashes. */
export const findUntidy = (source: SourceText): Finding[] => {
  const kind = source.path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2023, true, kind);
  return [
    ...nameFindings(source),
    ...fileFindings(source),
    ...lineFindings(source),
    ...nodeFindings(file),
    ...(isProduct(source.path) ? measureFunctions(file) : []),
  ];
};

export type Exception = {
  readonly path: string;
  readonly rule: string;
  readonly subject: string;
  /** Why the rule is wrong here, as a sentence. */
  readonly reason: string;
};

const covers = (exception: Exception, finding: Finding): boolean =>
  exception.path === finding.path &&
  exception.rule === finding.rule &&
  exception.subject === finding.subject;

/** What is left after the exceptions, and the exceptions that nothing needs any more. */
export const applyExceptions = (
  findings: readonly Finding[],
  exceptions: readonly Exception[],
): { readonly open: Finding[]; readonly unneeded: Exception[] } => ({
  open: findings.filter((finding) => !exceptions.some((each) => covers(each, finding))),
  unneeded: exceptions.filter((each) => !findings.some((finding) => covers(each, finding))),
});

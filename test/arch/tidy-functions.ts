import ts from 'typescript';
import type { Finding } from './finding.ts';

export const FUNCTION_LINES_MAX = 70;
export const PARAMETERS_MAX = 3;
export const CONSTRUCTOR_PARAMETERS_MAX = 5;
export const RESOLVER_PARAMETERS_MAX = 5;

const GRAPHQL = /^src\/transport\/graphql\//;

const hasDecorator = (node: ts.Node): boolean =>
  ts.canHaveDecorators(node) && (ts.getDecorators(node)?.length ?? 0) > 0;

const nameOf = (node: ts.SignatureDeclaration): string => {
  if (ts.isConstructorDeclaration(node)) {
    return `${node.parent.name?.text ?? 'class'}.constructor`;
  }
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) {
    return parent.name.getText();
  }
  if (ts.isPropertyDeclaration(parent)) return parent.name.getText();
  return ts.isCallExpression(parent) ? `${parent.expression.getText()} callback` : 'function';
};

/** Each GraphQL argument is a parameter of its resolver, so a resolver may have a few more. */
const parametersMax = (node: ts.SignatureDeclaration): number => {
  if (ts.isConstructorDeclaration(node)) return CONSTRUCTOR_PARAMETERS_MAX;
  const inGraphql = GRAPHQL.test(node.getSourceFile().fileName);
  const isResolver = inGraphql && ts.isMethodDeclaration(node) && hasDecorator(node);
  return isResolver ? RESOLVER_PARAMETERS_MAX : PARAMETERS_MAX;
};

const BOOLEAN_KINDS = [
  ts.SyntaxKind.BooleanKeyword,
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
];

const isBooleanType = (type: ts.TypeNode): boolean => {
  if (ts.isParenthesizedTypeNode(type)) return isBooleanType(type.type);
  if (ts.isLiteralTypeNode(type)) return BOOLEAN_KINDS.includes(type.literal.kind);
  if (ts.isUnionTypeNode(type)) {
    const isEmpty = (member: ts.TypeNode): boolean =>
      member.kind === ts.SyntaxKind.UndefinedKeyword || member.getText() === 'null';
    const rest = type.types.filter((member) => !isEmpty(member));
    return rest.length > 0 && rest.every(isBooleanType);
  }
  return type.kind === ts.SyntaxKind.BooleanKeyword;
};

/** A decorated parameter is a GraphQL argument: callers write its name beside its value. */
const isBooleanParameter = (parameter: ts.ParameterDeclaration): boolean => {
  if (hasDecorator(parameter)) return false;
  if (parameter.type !== undefined) return isBooleanType(parameter.type);
  const kind = parameter.initializer?.kind;
  return kind !== undefined && BOOLEAN_KINDS.includes(kind);
};

const linesOf = (node: ts.Node): number => {
  const file = node.getSourceFile();
  const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
  return file.getLineAndCharacterOfPosition(node.getEnd()).line - first + 1;
};

/** The rules that one function breaks, each with the sentence that says how. */
const breaches = (node: ts.SignatureDeclaration): Array<readonly [string, string]> => {
  const found: Array<readonly [string, string]> = [];
  const lines = linesOf(node);
  if (ts.isFunctionLike(node) && 'body' in node && lines > FUNCTION_LINES_MAX) {
    found.push(['function-length', `has ${lines} lines, at most ${FUNCTION_LINES_MAX}`]);
  }
  const parameters = node.parameters.filter((parameter) => parameter.name.getText() !== 'this');
  const most = parametersMax(node);
  if (parameters.length > most) {
    const message = `has ${parameters.length} parameters, at most ${most}: pass one object`;
    found.push(['parameters', message]);
  }
  for (const parameter of parameters.filter(isBooleanParameter)) {
    const name = parameter.name.getText();
    found.push(['boolean-parameter', `takes a bare boolean, "${name}": name the two cases`]);
  }
  return found;
};

/** Function types that stand alone often describe what a library calls, so they are left out. */
const isMeasured = (node: ts.Node): node is ts.SignatureDeclaration =>
  ts.isFunctionLike(node) && !ts.isFunctionTypeNode(node) && !ts.isIndexSignatureDeclaration(node);

export const measureFunctions = (file: ts.SourceFile): Finding[] => {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    if (isMeasured(node)) {
      const subject = nameOf(node);
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      for (const [rule, how] of breaches(node)) {
        findings.push({ path: file.fileName, line, rule, subject, message: `${subject} ${how}` });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
};

import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { limitExceeded } from './limit-exceeded.ts';
import { BRACKETS_DEEP_MAX, DIRECTIVES_MAX, DOCUMENT_TOKENS_MAX } from './limits.ts';

const OPENING: readonly TokenKind[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const CLOSING: readonly TokenKind[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/**
 * Looks at a document token by token, before anything reads it that calls itself for what stands
 * within something else and would run out of stack. What is no token is left to the next reader.
 */
export function checkTokens(source: string): void {
  const lexer = new Lexer(new Source(source));
  let [tokens, depth, directives] = [0, 0, 0];
  for (let kind = next(lexer); kind !== TokenKind.EOF; kind = next(lexer)) {
    tokens += 1;
    if (tokens > DOCUMENT_TOKENS_MAX) throw limitExceeded('tokens', DOCUMENT_TOKENS_MAX);
    if (OPENING.includes(kind)) depth += 1;
    if (CLOSING.includes(kind)) depth -= 1;
    if (depth > BRACKETS_DEEP_MAX) {
      throw limitExceeded('brackets within each other', BRACKETS_DEEP_MAX);
    }
    if (kind === TokenKind.AT) directives += 1;
    if (directives > DIRECTIVES_MAX) throw limitExceeded('directives', DIRECTIVES_MAX);
  }
}

function next(lexer: Lexer): TokenKind {
  try {
    return lexer.advance().kind;
  } catch (error) {
    if (error instanceof GraphQLError) return TokenKind.EOF;
    throw error;
  }
}

import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { RecentlyUsed } from './recently-used.ts';

/** Longest text of a query, in characters. The SDK's longest has about 4,000. */
export const QUERY_LENGTH_MAX = 64 * 1024;
/** Most tokens of a query. */
export const QUERY_TOKENS_MAX = 8_000;
/** Deepest nesting of fields; the SDK's deepest has 11. */
export const QUERY_DEPTH_MAX = 20;
/** Most documents that are kept ready. The SDK has 144. */
export const DOCUMENTS_KEPT_MAX = 500;

/** A query that was parsed and checked. */
export interface QueryDocument {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Query texts, parsed and validated once; the least recently used go first. */
export class QueryDocuments {
  readonly #schema: GraphQLSchema;
  readonly #kept = new RecentlyUsed<QueryDocument>(DOCUMENTS_KEPT_MAX);

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  get(text: string): QueryDocument {
    const kept = this.#kept.get(text);
    if (kept) return kept;
    const read = this.#read(text);
    this.#kept.set(text, read);
    return read;
  }

  #read(text: string): QueryDocument {
    if (text.length > QUERY_LENGTH_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `a query has at most ${QUERY_LENGTH_MAX} characters`);
    }
    const document = parseQuery(text);
    const operation = onlyOperation(document);
    const [fault] = validate(this.#schema, document, undefined, { maxErrors: 1 });
    if (fault) {
      throw invalidInput(
        `the hub does not serve ${nameOf(operation)} of the wandb API: ${fault.message}`,
      );
    }
    if (depthOf(operation.selectionSet, document) > QUERY_DEPTH_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `a query nests at most ${QUERY_DEPTH_MAX} fields`);
    }
    return { document, operation };
  }
}

function parseQuery(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: QUERY_TOKENS_MAX, noLocation: true });
  } catch (cause) {
    throw invalidInput(`not a GraphQL query: ${(cause as Error).message.slice(0, 200)}`);
  }
}

/** The SDK sends one operation a request, often without saying its name beside the query. */
function onlyOperation(document: DocumentNode): OperationDefinitionNode {
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const [operation] = operations;
  if (!operation || operations.length > 1) {
    throw invalidInput(`a request holds one operation, not ${operations.length}`);
  }
  return operation;
}

function nameOf({ name, operation }: OperationDefinitionNode): string {
  return name ? `the ${operation} ${name.value}` : `this ${operation}`;
}

/** Nesting of fields with the fragments unfolded; validation has refused circles of them. */
function depthOf(set: SelectionSetNode | undefined, document: DocumentNode): number {
  let deepest = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = document.definitions.find(
        (definition) =>
          definition.kind === Kind.FRAGMENT_DEFINITION &&
          definition.name.value === selection.name.value,
      );
      const inner = fragment?.kind === Kind.FRAGMENT_DEFINITION ? fragment.selectionSet : undefined;
      deepest = Math.max(deepest, depthOf(inner, document));
    } else {
      const own = selection.kind === Kind.FIELD ? 1 : 0;
      deepest = Math.max(deepest, own + depthOf(selection.selectionSet, document));
    }
  }
  return deepest;
}

import {
  type DocumentNode,
  type FragmentDefinitionNode,
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
/** Most tokens of a query. The SDK's longest has about 600. */
export const QUERY_TOKENS_MAX = 4_000;
/** Most fields of a query with its fragments unfolded. The SDK's widest has about 100. */
export const QUERY_FIELDS_MAX = 1_000;
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
    this.#checkRootFields(operation);
    const [fault] = validate(this.#schema, document, undefined, { maxErrors: 1 });
    if (fault) {
      throw invalidInput(
        `the hub does not serve ${nameOf(operation)} of the wandb API: ${fault.message}`,
      );
    }
    const { depth, fields } = new Measuring(document).of(operation.selectionSet);
    if (depth > QUERY_DEPTH_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `a query nests at most ${QUERY_DEPTH_MAX} fields`);
    }
    if (fields > QUERY_FIELDS_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `a query has at most ${QUERY_FIELDS_MAX} fields`);
    }
    return { document, operation };
  }

  /** What is not served at all is said at once, not as the first of its unknown types. */
  #checkRootFields(operation: OperationDefinitionNode): void {
    const known = this.#schema.getRootType(operation.operation)?.getFields() ?? {};
    for (const selection of operation.selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const { value: field } = selection.name;
      if (field === '__typename' || Object.hasOwn(known, field)) continue;
      throw invalidInput(`the hub does not serve ${nameOf(operation)} of the wandb API (${field})`);
    }
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

interface Size {
  readonly depth: number;
  readonly fields: number;
}

/**
 * How deep and how wide a query is with its fragments unfolded. Each fragment is measured once:
 * a few that spread each other twice would unfold to millions. Validation has refused circles.
 */
class Measuring {
  readonly #fragments: ReadonlyMap<string, SelectionSetNode>;
  readonly #measured = new Map<string, Size>();

  constructor({ definitions }: DocumentNode) {
    const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(
      (fragments as FragmentDefinitionNode[]).map(({ name, selectionSet }) => [
        name.value,
        selectionSet,
      ]),
    );
  }

  of(set: SelectionSetNode | undefined): Size {
    let [depth, fields] = [0, 0];
    for (const selection of set?.selections ?? []) {
      const own = selection.kind === Kind.FIELD ? 1 : 0;
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.#fragment(selection.name.value)
          : this.of(selection.selectionSet);
      depth = Math.max(depth, own + inner.depth);
      fields += own + inner.fields;
    }
    return { depth, fields };
  }

  #fragment(name: string): Size {
    const measured = this.#measured.get(name) ?? this.of(this.#fragments.get(name));
    this.#measured.set(name, measured);
    return measured;
  }
}

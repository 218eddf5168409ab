import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { DomainError } from '../../domain/errors.ts';
import {
  ALIASES_MAX,
  DEPTH_MAX,
  DOCUMENT_FIELDS_MAX,
  DOCUMENT_LENGTH_MAX,
  DOCUMENT_TOKENS_MAX,
  INTROSPECTION_DEPTH_MAX,
  SAME_NAME_MAX,
} from './limits.ts';

/**
 * Refuses documents whose checking alone would cost too much, before anything else looks at
 * them. A document with a syntax error passes: the next reader tells where the error is.
 */
export function checkDocument(source: string): void {
  if (source.length > DOCUMENT_LENGTH_MAX) {
    throw exceeded('characters', source.length, DOCUMENT_LENGTH_MAX);
  }
  const document = parsed(source);
  if (document) new Measure(document).check();
}

function parsed(source: string): DocumentNode | null {
  try {
    return parse(source, { maxTokens: DOCUMENT_TOKENS_MAX, noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.includes('Parsing aborted')) return null;
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `the document has more than ${DOCUMENT_TOKENS_MAX} tokens`,
    );
  }
}

interface Size {
  readonly depth: number;
  readonly fields: number;
}

/** Sizes with fragments in their places; each fragment is measured once. */
class Measure {
  readonly #document: DocumentNode;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #sizes = new Map<string, Size>();
  readonly #names = new Map<string, number>();
  #aliases = 0;

  constructor(document: DocumentNode) {
    this.#document = document;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#fragments.set(definition.name.value, definition);
      }
    }
  }

  check(): void {
    for (const name of this.#fragments.keys()) this.#fragment(name);
    for (const definition of this.#document.definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION) this.#operation(definition.selectionSet);
    }
    if (this.#aliases > ALIASES_MAX) throw exceeded('aliases', this.#aliases, ALIASES_MAX);
    const repeated = Math.max(0, ...this.#names.values());
    if (repeated > SAME_NAME_MAX) throw exceeded('fields of one name', repeated, SAME_NAME_MAX);
  }

  #operation(set: SelectionSetNode): void {
    for (const selection of set.selections) {
      const size = this.#size({ kind: Kind.SELECTION_SET, selections: [selection] });
      const ofSchema = selection.kind === Kind.FIELD && selection.name.value.startsWith('__');
      const depthMax = ofSchema ? INTROSPECTION_DEPTH_MAX : DEPTH_MAX;
      if (size.depth > depthMax) throw exceeded('levels of fields', size.depth, depthMax);
    }
  }

  #size(set: SelectionSetNode): Size {
    let [depth, fields] = [0, 0];
    for (const selection of set.selections) {
      const size = this.#sizeOf(selection);
      depth = Math.max(depth, size.depth);
      fields += size.fields;
      if (fields > DOCUMENT_FIELDS_MAX) throw exceeded('fields', fields, DOCUMENT_FIELDS_MAX);
    }
    return { depth, fields };
  }

  #sizeOf(selection: SelectionSetNode['selections'][number]): Size {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.#size(selection.selectionSet);
    const name = (selection.alias ?? selection.name).value;
    this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
    if (selection.alias) this.#aliases += 1;
    const inner = selection.selectionSet ? this.#size(selection.selectionSet) : NOTHING;
    return { depth: inner.depth + 1, fields: inner.fields + 1 };
  }

  /** A fragment that spreads itself is no valid document; here it only must not loop. */
  #fragment(name: string): Size {
    const known = this.#sizes.get(name);
    if (known) return known;
    this.#sizes.set(name, NOTHING);
    const fragment = this.#fragments.get(name);
    const size = fragment ? this.#size(fragment.selectionSet) : NOTHING;
    this.#sizes.set(name, size);
    return size;
  }
}

const NOTHING: Size = { depth: 0, fields: 0 };

function exceeded(what: string, count: number, max: number): DomainError {
  return new DomainError(
    'LIMIT_EXCEEDED',
    `the document has ${count} ${what}, at most ${max} are taken`,
  );
}

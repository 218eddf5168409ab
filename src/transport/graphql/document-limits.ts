import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { invalidInput } from '../../domain/errors.ts';
import { checkTokens } from './document-tokens.ts';
import { countExceeded } from './limit-exceeded.ts';
import {
  ALIASES_MAX,
  DEPTH_MAX,
  DOCUMENT_FIELDS_MAX,
  DOCUMENT_LENGTH_MAX,
  FRAGMENTS_MAX,
  INTROSPECTION_DEPTH_MAX,
  INTROSPECTION_LISTS_MAX,
  OPERATIONS_MAX,
  SCHEMAS_MAX,
  TYPES_BY_NAME_MAX,
  VARIABLES_MAX,
} from './limits.ts';
import { checkSameNamePairs } from './same-name-pairs.ts';

/**
 * Refuses documents whose checking alone would cost too much, before anything else looks at
 * them. A document with a syntax error passes: the next reader tells where the error is.
 */
export function checkDocument(source: string): void {
  const { length } = source;
  if (length > DOCUMENT_LENGTH_MAX) {
    throw countExceeded('characters', length, DOCUMENT_LENGTH_MAX);
  }
  checkTokens(source);
  const document = parsed(source);
  if (document) new Measure(document).check();
}

function parsed(source: string): DocumentNode | null {
  try {
    return parse(source, { noLocation: true });
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

/** Fields that list the parts of a type, in which types stand again. */
const LISTS_OF_TYPE: readonly string[] = ['fields', 'inputFields', 'interfaces', 'possibleTypes'];

/** What a selection holds, with fragments in their places. */
interface Size {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  /** Lists of a type's parts within each other. */
  readonly lists: number;
  /** Times that the schema as a whole is asked for, and types by name. */
  readonly schemas: number;
  readonly types: number;
}

const NOTHING: Size = { depth: 0, fields: 0, aliases: 0, lists: 0, schemas: 0, types: 0 };

/** Sizes with fragments in their places; each fragment is measured once. */
class Measure {
  readonly #operations: OperationDefinitionNode[] = [];
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #sizes = new Map<string, Size>();
  readonly #measuring = new Set<string>();
  #aliases = 0;

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#fragments.set(definition.name.value, definition);
      }
      if (definition.kind === Kind.OPERATION_DEFINITION) this.#operations.push(definition);
    }
  }

  check(): void {
    atMost(OPERATIONS_MAX, this.#operations.length, 'operations');
    atMost(FRAGMENTS_MAX, this.#fragments.size, 'fragments');
    const declared = this.#operations.map(({ variableDefinitions = [] }) => variableDefinitions);
    atMost(VARIABLES_MAX, declared.flat().length, 'variables');
    let fields = 0;
    for (const name of this.#fragments.keys()) fields += this.#fragment(name).fields;
    for (const { selectionSet } of this.#operations) fields += this.#operation(selectionSet).fields;
    atMost(ALIASES_MAX, this.#aliases, 'aliases');
    atMost(DOCUMENT_FIELDS_MAX, fields, 'fields');
    for (const { selectionSet } of [...this.#operations, ...this.#fragments.values()]) {
      checkSameNamePairs(selectionSet, this.#fragments);
    }
  }

  #operation(set: SelectionSetNode): Size {
    let all = NOTHING;
    for (const selection of set.selections) {
      const size = this.#sizeOf(selection);
      const ofSchema = selection.kind === Kind.FIELD && selection.name.value.startsWith('__');
      atMost(ofSchema ? INTROSPECTION_DEPTH_MAX : DEPTH_MAX, size.depth, 'levels of fields');
      all = together(all, size);
    }
    atMost(SCHEMAS_MAX, all.schemas, 'questions for the whole schema');
    atMost(TYPES_BY_NAME_MAX, all.types, 'questions for a type by its name');
    return all;
  }

  #size(set: SelectionSetNode): Size {
    let all = NOTHING;
    for (const selection of set.selections) {
      all = together(all, this.#sizeOf(selection));
      atMost(DOCUMENT_FIELDS_MAX, all.fields, 'fields');
    }
    return all;
  }

  #sizeOf(selection: SelectionSetNode['selections'][number]): Size {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.#size(selection.selectionSet);
    if (selection.alias) this.#aliases += 1;
    const inner = selection.selectionSet ? this.#size(selection.selectionSet) : NOTHING;
    return withField(selection, inner);
  }

  #fragment(name: string): Size {
    const known = this.#sizes.get(name);
    if (known) return known;
    if (this.#measuring.has(name)) throw invalidInput(`the fragment ${name} spreads itself`);
    this.#measuring.add(name);
    const fragment = this.#fragments.get(name);
    const size = fragment ? this.#size(fragment.selectionSet) : NOTHING;
    this.#sizes.set(name, size);
    return size;
  }
}

function together(a: Size, b: Size): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    lists: Math.max(a.lists, b.lists),
    schemas: a.schemas + b.schemas,
    types: a.types + b.types,
  };
}

/** A field around what is asked within it. The schema's own fields have limits of their own. */
function withField({ name: { value: name }, alias }: FieldNode, inner: Size): Size {
  const [schemas, types] = [Number(name === '__schema'), Number(name === '__type')];
  if (schemas + types > 0) {
    atMost(0, inner.aliases, 'aliases within the schema');
    atMost(INTROSPECTION_LISTS_MAX, inner.lists, 'lists of the schema within each other');
  }
  return {
    depth: inner.depth + 1,
    fields: inner.fields + 1,
    aliases: inner.aliases + Number(alias !== undefined),
    lists: inner.lists + Number(LISTS_OF_TYPE.includes(name)),
    schemas: inner.schemas + schemas,
    types: inner.types + types,
  };
}

function atMost(max: number, count: number, what: string): void {
  if (count > max) throw countExceeded(what, count, max);
}

import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  isCompositeType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { DomainError, invalidInput } from '../../domain/errors.ts';
import { PAGE_ENTRIES_DEFAULT, PAGE_ENTRIES_MAX } from './connections.ts';
import type { QueryDocument } from './query-documents.ts';

/**
 * Most work that one query may ask for, counted in fields of the answer. 5,000 runs with all
 * that the public API lists of them come to about 210,000.
 */
export const QUERY_WORK_MAX = 300_000;
/** Most lists with pages within each other; the SDK's deepest has 2. */
export const PAGED_LISTS_DEEP_MAX = 2;
/** Most fields of a query that bear another name than their own; the SDK names at most 6 anew. */
export const ALIASES_MAX = 30;
/** Items that a plain list is taken to have. */
const ITEMS_ASSUMED = 5;

/** What it takes to look through the runs of a project, in fields. */
const RUNS_WORK = 30_000;
/** What it takes to read the rows of a run, in fields. */
const ROWS_WORK = 50_000;
/** The work of fields that are more than a look at what is there already. */
const WORK_OF: Readonly<Record<string, number>> = {
  'Project.runs': RUNS_WORK,
  'Project.runCount': RUNS_WORK,
  'Run.history': ROWS_WORK,
  'Run.events': ROWS_WORK,
  'Run.sampledHistory': ROWS_WORK,
  // The keys of histories that were asked for lately are known: only the first time is long.
  'Run.historyKeys': 2_000,
  'Run.historyTail': 100,
  'Run.eventsTail': 100,
  'Run.summaryMetrics': 10,
  'Run.logLines': 1_000,
  'Run.files': 1_000,
  'Run.fileCount': 1_000,
  'Run.inputArtifacts': 20,
  'Run.outputArtifacts': 20,
  'Artifact.usedBy': 20,
  'ArtifactCollectionMembership.files': 100,
  'Query.models': 1_000,
};

/** Lists in the form of pages that hold a few items or none. */
const SHORT_PAGES = new Set(['apiKeys', 'teams', 'tags']);

/** Fields of a project that may be asked for wherever a project stands. */
const TOLD_OF_PROJECTS = new Set(['entity', 'user']);

type Variables = Readonly<Record<string, unknown>>;

/**
 * Refuses a query that asks for more than the SDK does: lists count by what is asked of each of
 * their items. Variables that do not fit the query are for its execution to refuse.
 */
export function checkQueryWork(
  schema: GraphQLSchema,
  { document, operation }: QueryDocument,
  variables: Variables,
): void {
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(schema, definitions, variables, { maxErrors: 1 });
  const root = schema.getRootType(operation.operation);
  if (!coerced || !root) return;
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const weighing = new Weighing(schema, fragments as FragmentDefinitionNode[], coerced);
  const work = weighing.of(operation.selectionSet, { type: root, lists: 0, from: null });
  if (work > QUERY_WORK_MAX) {
    const text = `the query asks for the work of ${work} fields, at most ${QUERY_WORK_MAX} are`;
    throw new DomainError('LIMIT_EXCEEDED', `${text} taken: ask for smaller pages (first)`);
  }
}

/** Where fields are asked for. */
interface Place {
  readonly type: GraphQLCompositeType;
  /** How many lists with pages it lies within. */
  readonly lists: number;
  /** The type of what leads here; null at the root. */
  readonly from: GraphQLCompositeType | null;
}

class Weighing {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Variables;
  #aliases = 0;

  constructor(
    schema: GraphQLSchema,
    fragments: readonly FragmentDefinitionNode[],
    variables: Variables,
  ) {
    this.#schema = schema;
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    this.#variables = variables;
  }

  of(set: SelectionSetNode, place: Place): number {
    let work = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        work += this.#ofField(selection, place);
        continue;
      }
      const within =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? (this.#fragments.get(selection.name.value) as FragmentDefinitionNode)
          : selection;
      const named = within.typeCondition && this.#schema.getType(within.typeCondition.name.value);
      const type = named && isCompositeType(named) ? named : place.type;
      work += this.of(within.selectionSet, { ...place, type });
    }
    return work;
  }

  #ofField(node: FieldNode, place: Place): number {
    this.#countAlias(node);
    const field = isUnionType(place.type) ? undefined : place.type.getFields()[node.name.value];
    if (!field) return 1;
    refuseWalkThroughProject(field, place);
    const own = this.#ownWork(node, field, place.type.name);
    const type = getNamedType(field.type);
    if (!node.selectionSet || !isCompositeType(type)) return own;
    const lists = place.lists + (isPaged(field) ? 1 : 0);
    if (lists > PAGED_LISTS_DEEP_MAX) {
      const text = `at most ${PAGED_LISTS_DEEP_MAX} lists with pages stand within each other`;
      throw new DomainError('LIMIT_EXCEEDED', `${text}: ${node.name.value} is one more`);
    }
    const within = this.of(node.selectionSet, { type, lists, from: place.type });
    return own + this.#itemsOf(node, field) * within;
  }

  #countAlias({ alias, name }: FieldNode): void {
    if (!alias || alias.value === name.value) return;
    this.#aliases += 1;
    if (this.#aliases > ALIASES_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `a query gives at most ${ALIASES_MAX} other names`);
    }
  }

  /** The rows of a run are read once for each specification. */
  #ownWork(node: FieldNode, field: Field, type: string): number {
    const work = WORK_OF[`${type}.${field.name}`] ?? 1;
    if (field.name !== 'sampledHistory') return work;
    const { specs } = this.#argumentsOf(node, field);
    return work * Math.max(1, Array.isArray(specs) ? specs.length : 1);
  }

  #itemsOf(node: FieldNode, field: Field): number {
    if (isPaged(field)) {
      const { first } = this.#argumentsOf(node, field);
      const asked = typeof first === 'number' ? first : PAGE_ENTRIES_DEFAULT;
      return Math.max(1, Math.min(asked, PAGE_ENTRIES_MAX));
    }
    if (SHORT_PAGES.has(field.name)) return ITEMS_ASSUMED;
    // The edges of a page are as many as its size says, which counts already.
    const isPlainList = isListType(getNullableType(field.type)) && field.name !== 'edges';
    return isPlainList ? ITEMS_ASSUMED : 1;
  }

  #argumentsOf(node: FieldNode, field: Field): Variables {
    return getArgumentValues(field, node, this.#variables);
  }
}

type Field = GraphQLField<unknown, unknown>;

/** A project that something stands in names itself and its team: from there no walk goes on. */
function refuseWalkThroughProject({ name, type }: Field, place: Place): void {
  const isWalk = isCompositeType(getNamedType(type)) || `Project.${name}` in WORK_OF;
  if (place.type.name !== 'Project' || !isWalk || TOLD_OF_PROJECTS.has(name)) return;
  if (!THINGS_IN_PROJECTS.has(place.from?.name ?? '')) return;
  throw invalidInput(
    `${name} is asked of the project itself, not of a project that something stands in`,
  );
}

const THINGS_IN_PROJECTS = new Set(['Run', 'ArtifactCollection', 'ArtifactSequence']);

/** A page: an object with edges, unless there are only ever few of them. */
function isPaged({ name, type }: Field): boolean {
  const named = getNamedType(type);
  const isPage = isObjectType(named) && Object.hasOwn(named.getFields(), 'edges');
  return isPage && !SHORT_PAGES.has(name);
}

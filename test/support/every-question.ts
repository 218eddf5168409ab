import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** Values to try for arguments, by the name of the argument, or `<field>.<argument>`. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface QuestionPlan {
  readonly schema: GraphQLSchema;
  /** Values of the arguments of root fields; each is tried. */
  readonly roots: Pool;
  /** What required arguments of nested fields get, as GraphQL literals. */
  readonly nested: Readonly<Record<string, string>>;
  /** Levels of objects within the answer. */
  readonly depth: number;
  /** Fields that stay out, by name. */
  readonly without?: readonly string[];
}

type Fielded = GraphQLObjectType | GraphQLInterfaceType;

/** Rows that a nested list is asked for. */
const NESTED_FIRST = 5;

/**
 * Every field of a root type with every value of the pool, asking for everything that the type
 * in the answer has, down to the depth. Abstract types are asked for one concrete type at a
 * time. Throws when an argument that is required has no value, so that a new field of the schema
 * cannot be forgotten.
 */
export function everyQuestion(root: 'Query' | 'Mutation', plan: QuestionPlan): Question[] {
  const type = plan.schema.getType(root) as GraphQLObjectType;
  return Object.values(type.getFields())
    .filter(({ name }) => !name.startsWith('_') && !plan.without?.includes(name))
    .flatMap((field) => questionsOf(field, plan));
}

function questionsOf(field: GraphQLField<unknown, unknown>, plan: QuestionPlan): Question[] {
  const selections = selectionsOf(getNamedType(field.type), plan.depth, plan);
  return argumentsOf(field, plan.roots).flatMap((variables) => {
    const given = field.args.filter(({ name }) => Object.hasOwn(variables, name));
    const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(', ');
    const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
    const head = `${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`}`;
    return selections.map((selection) => ({
      query: `query ${head} ${selection} }`,
      variables,
    }));
  });
}

/** Optional arguments without values in the pool are left out. */
function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  pool: Pool,
): Array<Record<string, unknown>> {
  let sets: Array<Record<string, unknown>> = [{}];
  for (const argument of field.args) {
    const values = pool[`${field.name}.${argument.name}`] ?? pool[argument.name];
    if (values === undefined) {
      refuseRequired(`${field.name}(${argument.name}:)`, argument);
      continue;
    }
    const tried = isRequiredArgument(argument) ? values : [undefined, ...values];
    sets = sets.flatMap((set) =>
      tried.map((value) => (value === undefined ? set : { ...set, [argument.name]: value })),
    );
  }
  return sets;
}

function refuseRequired(what: string, argument: GraphQLArgument): void {
  if (isRequiredArgument(argument)) throw new Error(`no value to try for ${what}`);
}

function selectionsOf(type: GraphQLNamedType, depth: number, plan: QuestionPlan): string[] {
  if (isLeafType(type)) return [''];
  if (!isAbstractType(type)) return [`{ ${fieldsOf(type as Fielded, depth, plan)} }`];
  return plan.schema
    .getPossibleTypes(type)
    .map((one) => `{ __typename ... on ${one.name} { ${fieldsOf(one, depth, plan)} } }`);
}

function fieldsOf(type: Fielded, depth: number, plan: QuestionPlan): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (plan.without?.includes(field.name)) return [];
    const inner = getNamedType(field.type);
    if (!isLeafType(inner) && depth === 0) return [];
    const passed = nestedArguments(field, plan);
    if (isLeafType(inner)) return [`${field.name}${passed}`];
    // Connections are wrapping, not a level of their own.
    const deeper = /(Connection|Edge)$/.test(inner.name) ? depth : depth - 1;
    const fielded = isObjectType(inner) || isInterfaceType(inner);
    return [
      `${field.name}${passed} { ${fielded ? fieldsOf(inner, deeper, plan) : ''} __typename }`,
    ];
  });
  return `__typename ${fields.join(' ')}`;
}

function nestedArguments(field: GraphQLField<unknown, unknown>, plan: QuestionPlan): string {
  const passed = field.args.flatMap((argument) => {
    if (argument.name === 'first') return [`first: ${NESTED_FIRST}`];
    const literal = plan.nested[`${field.name}.${argument.name}`];
    if (literal !== undefined) return [`${argument.name}: ${literal}`];
    refuseRequired(`${field.name}(${argument.name}:)`, argument);
    return [];
  });
  return passed.length > 0 ? `(${passed.join(', ')})` : '';
}

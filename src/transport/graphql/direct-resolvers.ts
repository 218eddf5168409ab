import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { type ContainerType, getMetadataStorage } from 'type-graphql';
import type { GraphContext } from './graph-context.ts';

type Method = (...params: unknown[]) => unknown;
type Instance = Readonly<Record<string, Method | undefined>>;
type Resolve = GraphQLFieldResolver<unknown, GraphContext>;
type FieldResolver = ReturnType<typeof getMetadataStorage>['fieldResolvers'][number];
type Param = NonNullable<FieldResolver['params']>[number];

/** One instance of each class of resolvers, for the schema's builder and for direct calls. */
export class ResolverInstances implements ContainerType {
  readonly #made = new Map<unknown, Instance>();

  get(resolver: unknown): Instance {
    const made = this.#made.get(resolver);
    if (made) return made;
    const instance = new (resolver as new () => Instance)();
    this.#made.set(resolver, instance);
    return instance;
  }
}

/**
 * Calls the methods of resolvers without the library's detours where a field takes no arguments
 * and no middleware: a large answer asks for tens of thousands of such fields, and for each the
 * library sorts, copies and looks through the method's parameters. What a field answers stays
 * as it was; a field for which this is not certain keeps the library's own call.
 */
export function resolveDirectly(schema: GraphQLSchema, instances: ResolverInstances): void {
  const { objectTypes, fieldResolvers } = getMetadataStorage();
  for (const { name, target, interfaceClasses = [] } of objectTypes) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    const classes: ReadonlySet<unknown> = new Set([target, ...interfaceClasses]);
    for (const field of Object.values(type.getFields())) {
      if (field.args.length > 0) continue;
      const own = fieldResolvers.filter(
        ({ schemaName, getObjectType }) =>
          schemaName === field.name && classes.has(getObjectType?.()),
      );
      const direct = own.length === 1 ? directCall(own[0] as FieldResolver, instances) : null;
      if (direct) field.resolve = direct;
    }
  }
}

/** Null when the method wants more than the node, the request's context and the query. */
function directCall(resolver: FieldResolver, instances: ResolverInstances): Resolve | null {
  const { kind, target, methodName, params = [], middlewares = [], roles } = resolver;
  if (kind !== 'external' || middlewares.length > 0 || roles !== undefined) return null;
  const instance = instances.get(target);
  const method = instance[methodName];
  if (method === undefined) return null;
  const kinds = [...params].sort((a, b) => a.index - b.index).map(plainKind);
  if (kinds.some((each, at) => each === null || params.every(({ index }) => index !== at))) {
    return null;
  }
  switch (kinds.join()) {
    case 'root':
      return (root) => method.call(instance, root);
    case 'root,context':
      return (root, _args, context) => method.call(instance, root, context);
    case 'root,context,info':
      return (root, ...[, context, info]) => method.call(instance, root, context, info);
    default:
      return null;
  }
}

function plainKind(param: Param): 'root' | 'context' | 'info' | null {
  switch (param.kind) {
    case 'root':
      return param.propertyName === undefined && param.getType === undefined ? 'root' : null;
    case 'context':
      return param.propertyName === undefined ? 'context' : null;
    case 'info':
      return 'info';
    default:
      return null;
  }
}

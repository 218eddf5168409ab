import type { FieldNode, GraphQLResolveInfo, SelectionNode } from 'graphql';

/** Fields that every element of a walk brings along; of its project, the id. */
const THIN_FIELDS: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'kind',
  'name',
  'project',
  'recordedAt',
]);

/** Whether more is asked of the nodes of a walk than the walk itself tells. */
export function asksForRows(info: GraphQLResolveInfo): boolean {
  return [...fieldsOfNodes(info)].some((name) => !THIN_FIELDS.has(name));
}

/** Whether the nodes' projects are asked for. */
export function asksForProjects(info: GraphQLResolveInfo): boolean {
  return fieldsOfNodes(info).has('project');
}

function fieldsOfNodes(info: GraphQLResolveInfo): ReadonlySet<string> {
  const nodes = fieldsWithin(info.fieldNodes, info).filter(({ name }) => name.value === 'nodes');
  return new Set(fieldsWithin(nodes, info).map(({ name }) => name.value));
}

/** The fields that are selected in these, those of fragments too. The document was checked. */
function fieldsWithin(fields: readonly FieldNode[], info: GraphQLResolveInfo): FieldNode[] {
  const found: FieldNode[] = [];
  const visit = (selection: SelectionNode): void => {
    if (selection.kind === 'Field') found.push(selection);
    else {
      const { selectionSet } =
        selection.kind === 'InlineFragment'
          ? selection
          : (info.fragments[selection.name.value] ?? { selectionSet: undefined });
      selectionSet?.selections.forEach(visit);
    }
  };
  for (const { selectionSet } of fields) selectionSet?.selections.forEach(visit);
  return found;
}

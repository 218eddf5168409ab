import { compareText, type NodeRow } from '../../domain/lineage/graph-rows.ts';
import { LATEST } from '../../domain/lineage/names.ts';
import { tagsOf } from '../../domain/lineage/tags.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import { wireTypeOf } from './collection-lookup.ts';
import { connection, type PageArguments, pageInfo, pageOf } from './connections.ts';
import { edgesAt } from './edge-lists.ts';
import { personalTextOf } from './personal-texts.ts';
import { aliasShape } from './version-aliases.ts';
import { versionOfCollection } from './version-lookup.ts';
import { tagShape, typeShape } from './version-shape.ts';
import { type Shape, visibleNode, visibleNodes, type WandbContext } from './wandb-context.ts';
import { textOfWireId, wireId } from './wire-ids.ts';
import { wireTime } from './wire-time.ts';

export const collectionFields = {
  artifactCollection: async ({ id }: { readonly id: string }, context: WandbContext) => {
    const node = textOfWireId('ArtifactCollection', id);
    const row = node === undefined ? null : await visibleNode(context, node);
    const isCollection = row && ['DATASET', 'MODEL', 'ARTIFACT'].includes(row.kind);
    if (!isCollection) return null;
    context.notes.opened(row);
    return context.shapes.collection(row, context);
  },
};

/** How a collection shows as wandb's type `ArtifactSequence`. */
export function collectionShape(row: NodeRow, context: WandbContext): Shape {
  const membership = async (version: string) => {
    const found = await versionOfCollection(context, row, version);
    if (found) context.notes.opened(found);
    return found && context.shapes.membership(found, context);
  };
  return {
    __typename: 'ArtifactSequence',
    state: 'READY',
    id: wireId('ArtifactCollection', row.id),
    name: row.name,
    description: () => personalTextOf(context.hub, row.props, 'description'),
    createdAt: wireTime(row.recordedAt),
    updatedAt: null,
    project: async () => {
      const project = await visibleNode(context, row.project as string);
      return project && context.shapes.project(project, context);
    },
    defaultArtifactType: typeShape(wireTypeOf(row), row),
    tags: { edges: tagsOf(row.props).map((tag) => ({ node: tagShape(tag) })) },
    latestArtifact: async () => {
      const latest = await versionOfCollection(context, row, LATEST);
      return latest && context.shapes.version(latest, context);
    },
    artifactMembership: ({ aliasName }: { readonly aliasName: string }) => membership(aliasName),
    artifacts: (args: PageArguments) => versionsOf(row, args, context),
    aliases: (args: PageArguments) => aliasesWithin(row, args, context),
  };
}

/** The versions of a collection, newest first. */
async function versionsOf(row: NodeRow, args: PageArguments, context: WandbContext) {
  const edges = await edgesAt(context.hub, { node: row.id, kind: 'VERSION_OF', direction: 'IN' });
  const ids = edges.map(({ from }) => from).reverse();
  const page = pageOf(await visibleNodes(context, ids), args, ({ id }) => id);
  const edgesOf = page.entries.map(({ item, cursor }) => ({
    version: `v${item.props.ordinal}`,
    node: context.shapes.version(item, context),
    cursor,
  }));
  return { edges: edgesOf, pageInfo: pageInfo(page), totalCount: ids.length };
}

/** Every alias that leads to a version of the collection, by name. */
async function aliasesWithin(row: NodeRow, args: PageArguments, context: WandbContext) {
  const { hub } = context;
  const versions = await edgesAt(hub, { node: row.id, kind: 'VERSION_OF', direction: 'IN' });
  const found: NodeRow[] = [];
  for (let start = 0; start < versions.length; start += PAGE_ROWS_MAX) {
    const at = versions.slice(start, start + PAGE_ROWS_MAX).map(({ from }) => from);
    const edges = await edgesAt(hub, { node: at, kind: 'ALIASES', direction: 'IN' });
    found.push(
      ...(await visibleNodes(
        context,
        edges.map(({ from }) => from),
      )),
    );
  }
  found.sort((a, b) => compareText(a.name, b.name));
  return connection(
    pageOf(found, args, ({ id }) => id),
    (alias) => aliasShape(alias, null),
  );
}

import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { COLLECTION_KINDS } from '../../domain/lineage/kinds.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import { collectionByName, hasWireName, kindOfType, wireTypeOf } from './collection-lookup.ts';
import { connection, type PageArguments, pageOf } from './connections.ts';
import { typeShape } from './version-shape.ts';
import type { Shape, WandbContext } from './wandb-context.ts';

/** Most collections of a project that one answer is made from. */
export const COLLECTIONS_LOOKED_AT_MAX = 20_000;

/** The types that the artifacts of a project have. */
export async function artifactTypeConnection(
  project: NodeRow,
  args: PageArguments,
  context: WandbContext,
) {
  const types = new Map<string, NodeRow>();
  for (const row of await collectionsOf(project, context)) {
    const type = wireTypeOf(row);
    if (!types.has(type)) types.set(type, row);
  }
  const page = pageOf([...types.keys()].sort(), args, (type) => type);
  return connection(page, (type) => artifactType(project, type, context));
}

/** A type within a project. It is there as soon as it is asked for: types are only words. */
export function artifactType(project: NodeRow, asked: string, context: WandbContext): Shape {
  const type = asked.normalize('NFC');
  return {
    ...typeShape(type, { ...project, project: project.id }),
    artifactCollection: async ({ name }: { readonly name: string }) => {
      const row = await collectionByName(context, project, name);
      if (!row || wireTypeOf(row) !== type) return null;
      context.notes.opened(row);
      return context.shapes.collection(row, context);
    },
    artifactCollections: async (args: PageArguments) => {
      const kinds = [kindOfType(type), 'ARTIFACT'];
      const rows = (await collectionsOf(project, context)).filter(
        (row) => kinds.includes(row.kind) && wireTypeOf(row) === type,
      );
      const page = pageOf(rows, args, ({ id }) => id);
      return {
        ...connection(page, (row) => context.shapes.collection(row, context)),
        totalCount: rows.length,
      };
    },
  };
}

async function collectionsOf(project: NodeRow, { hub, reader }: WandbContext): Promise<NodeRow[]> {
  const rows: NodeRow[] = [];
  let looked = 0;
  let after: NodeRow | undefined;
  do {
    const page: readonly NodeRow[] = await hub.store.list({
      scope: reader.scope,
      kinds: COLLECTION_KINDS,
      project: project.id,
      order: 'recent',
      after,
      limit: PAGE_ROWS_MAX,
    });
    rows.push(...page.filter(hasWireName));
    looked += page.length;
    after = page.length < PAGE_ROWS_MAX ? undefined : page.at(-1);
  } while (after && looked < COLLECTIONS_LOOKED_AT_MAX);
  return rows;
}

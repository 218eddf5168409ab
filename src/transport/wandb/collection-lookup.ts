import { invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { COLLECTION_KINDS, type CollectionKind } from '../../domain/lineage/kinds.ts';
import { collectionId } from '../../domain/lineage/names.ts';
import { visibleNodes, type WandbContext } from './wandb-context.ts';

/** What wandb calls the types that the hub has kinds of its own for. */
const KIND_OF_TYPE: Readonly<Record<string, CollectionKind>> = {
  dataset: 'DATASET',
  model: 'MODEL',
};
const TYPE_OF_KIND: Readonly<Record<CollectionKind, string>> = {
  DATASET: 'dataset',
  MODEL: 'model',
  ARTIFACT: 'artifact',
};

export function kindOfType(type: string): CollectionKind {
  return (Object.hasOwn(KIND_OF_TYPE, type) ? KIND_OF_TYPE[type] : undefined) ?? 'ARTIFACT';
}

/** The type of a collection or a version, in wandb's words. */
export function wireTypeOf(row: NodeRow): string {
  const { type } = row.props;
  if (typeof type === 'string') return type;
  return TYPE_OF_KIND[row.kind.replace('_VERSION', '') as CollectionKind];
}

/**
 * Whether this door can speak of a collection or version. A dataset that its store names has
 * slashes and colons in its name, by which wandb's paths are cut.
 */
export function hasWireName({ name }: Pick<NodeRow, 'name'>): boolean {
  return !name.includes('/');
}

/**
 * The collection of this name in a project. With wandb a name is of one type only, so the kinds
 * are looked through; where other doors gave a name to several, datasets and models come first.
 */
export async function collectionByName(
  context: WandbContext,
  project: NodeRow,
  name: string,
): Promise<NodeRow | null> {
  const { org } = context.hub;
  const ids = COLLECTION_KINDS.map((kind) =>
    collectionId(org, { project: project.id, kind, name }),
  );
  const [found] = await visibleNodes(context, ids);
  return found ?? null;
}

/** Refuses a name that another type has in the project. */
export async function checkTypeOfName(
  context: WandbContext,
  project: NodeRow,
  { name, type }: { readonly name: string; readonly type: string },
): Promise<void> {
  const found = await collectionByName(context, project, name);
  if (!found || wireTypeOf(found) === type) return;
  throw invalidInput(
    `the artifact ${JSON.stringify(name)} is of the type ${JSON.stringify(wireTypeOf(found))} ` +
      `in ${project.name}, and cannot be of the type ${JSON.stringify(type)} too`,
  );
}

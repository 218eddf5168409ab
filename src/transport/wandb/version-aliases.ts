import { setAliases } from '../../commands/set-aliases.ts';
import { invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { edgesAt } from './edge-lists.ts';
import { existingVersion } from './version-lookup.ts';
import { type Shape, submit, visibleNodes, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';

interface AliasChange {
  readonly artifactID: string;
  readonly aliases: ReadonlyArray<{
    readonly alias: string;
    readonly artifactCollectionName?: string | null;
  }>;
}

export const aliasFields = {
  addAliases: async ({ input }: { readonly input: AliasChange }, context: WandbContext) => {
    const { version, names } = await changeOf(input, context);
    await submit(context, setAliases, { version: version.id, add: names, remove: [] });
    return { success: true };
  },

  deleteAliases: async ({ input }: { readonly input: AliasChange }, context: WandbContext) => {
    const { version, names } = await changeOf(input, context);
    await submit(context, setAliases, { version: version.id, add: [], remove: names });
    return { success: true };
  },
};

/** The aliases that lead to a version, by name. */
export async function aliasesOf(version: NodeRow, context: WandbContext): Promise<NodeRow[]> {
  const edges = await edgesAt(context.hub, { node: version.id, kind: 'ALIASES', direction: 'IN' });
  const rows = await visibleNodes(
    context,
    edges.map(({ from }) => from),
  );
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function aliasShape(alias: NodeRow, collection: Shape | null): Shape {
  return {
    __typename: 'ArtifactAlias',
    id: wireId('Alias', alias.id),
    alias: alias.name,
    artifactCollection: collection,
  };
}

async function changeOf({ artifactID, aliases }: AliasChange, context: WandbContext) {
  const version = await existingVersion(context, artifactID);
  const [collection] = await visibleNodes(context, [String(version.props.collection)]);
  const other = aliases.find(
    ({ artifactCollectionName: name }) => name && name.normalize('NFC') !== collection?.name,
  );
  if (other) {
    throw invalidInput(
      `the version is one of ${collection?.name}; its aliases cannot be set in ` +
        `${other.artifactCollectionName}`,
    );
  }
  return { version, names: aliases.map(({ alias }) => alias) };
}

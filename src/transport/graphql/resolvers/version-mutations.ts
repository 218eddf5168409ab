import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { updateVersion } from '../../../commands/update-version.ts';
import { invalidInput } from '../../../domain/errors.ts';
import {
  type CollectionKind,
  collectionKindOf,
  isCollectionKind,
  isVersionKind,
} from '../../../domain/lineage/kinds.ts';
import { checkDatasetName } from '../../../domain/lineage/named-dataset.ts';
import { projectIdOf } from '../../../projections/find-by-path.ts';
import type { GraphContext } from '../graph-context.ts';
import { encodedObject, personalOf } from '../input-values.ts';
import { RegisterVersionInput } from '../inputs/register-version-input.ts';
import { UpdateVersionInput } from '../inputs/update-version-input.ts';
import { keepManifest } from '../keep-manifest.ts';
import { ownerOf } from '../named-datasets.ts';
import { RegisterVersionPayload } from '../payloads/register-version-payload.ts';
import { UpdateVersionPayload } from '../payloads/update-version-payload.ts';
import { submit } from '../submit.ts';
import { contentOf } from '../version-content.ts';

@Resolver()
export class VersionMutations {
  @Mutation(() => RegisterVersionPayload, {
    description:
      'Registers a version by its manifest, its digest or its address. Content that is there ' +
      'already under this name is that version; aliases, names and the run are then added to it.',
  })
  async registerVersion(
    @Arg('input', () => RegisterVersionInput, { description: 'The version to register.' })
    input: RegisterVersionInput,
    @Ctx() context: GraphContext,
  ) {
    const { stated, manifest } = await contentOf(input, context);
    const asked = {
      project: projectIdOf(context.hub.org, input.project),
      kind: collectionKind(input.kind),
      ...placeIn(input, context),
      type: input.type ?? null,
      ...stated,
      uri: input.uri ?? null,
      metadata: encodedObject(input.metadata, 'metadata'),
      client: null,
      identifiers: input.identifiers ?? [],
      aliases: input.aliases ?? [],
      generatedBy: input.generatedBy ?? null,
      personal: personalOf({ description: input.description }, context),
      occurredAt: input.occurredAt ?? undefined,
      idempotencyKey: input.idempotencyKey,
    };
    const command = await keepManifest(manifest, asked, context);
    const { subject, fact } = await submit(command, asked, context);
    return { version: subject, fact };
  }

  @Mutation(() => UpdateVersionPayload, {
    description: 'Changes what is said of a version: description, metadata, tags.',
  })
  async updateVersion(
    @Arg('input', () => UpdateVersionInput, { description: 'The version and what changes.' })
    input: UpdateVersionInput,
    @Ctx() context: GraphContext,
  ) {
    const { version, metadata, tags, description, occurredAt, idempotencyKey } = input;
    const asked = {
      version,
      set: {
        ...(metadata === undefined ? {} : { metadata: encodedObject(metadata, 'metadata') }),
        ...(tags === undefined ? {} : { tags: [...(tags ?? [])] }),
      },
      clear: description === null ? (['description'] as const) : [],
      personal: personalOf({ description }, context),
      occurredAt: occurredAt ?? undefined,
      idempotencyKey,
    };
    const { subject, fact } = await submit(updateVersion, asked, context);
    return { version: subject, fact };
  }
}

/** The name, and the namespace with its owner where a store gave the name. */
function placeIn({ name, namespace: given }: RegisterVersionInput, { hub }: GraphContext) {
  if (given == null) return { name };
  const { namespace, name: ownName } = checkDatasetName({ namespace: given, name });
  return { name: ownName, namespace, owner: ownerOf(namespace, hub) };
}

function collectionKind(kind: string): CollectionKind {
  if (isCollectionKind(kind)) return kind;
  if (isVersionKind(kind)) return collectionKindOf(kind);
  throw invalidInput(`${kind} has no versions; use DATASET, MODEL or ARTIFACT`);
}

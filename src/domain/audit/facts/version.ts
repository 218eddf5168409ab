import { z } from 'zod';
import type { Change } from '../../lineage/change.ts';
import { VERSION_KINDS } from '../../lineage/kinds.ts';
import {
  encodedObject,
  factType,
  id,
  index,
  leaf,
  nullableText,
  personal,
  personalProps,
} from '../fact-type.ts';
import { namedCollection as collection, aliasMove as move, moveAliases } from '../version-parts.ts';

export const versionRegistered = factType({
  type: 'version.registered',
  version: 1,
  fields: {
    /** Existing: the same bytes under the same name were there; names and edges may be added. */
    result: leaf(z.enum(['created', 'existing'])),
    collection: leaf(collection),
    collectionResult: leaf(z.enum(['created', 'existing'])),
    version: leaf(
      z.strictObject({ id, kind: z.enum(VERSION_KINDS), name: z.string(), ordinal: index }),
    ),
    /** What the version is named by: its list of files, a digest that was stated, or its uri. */
    identity: leaf(z.enum(['manifest', 'content', 'address'])),
    digest: leaf(nullableText),
    /**
     * Stored: the hub holds every byte that is not referenced elsewhere. Declared: the client
     * stated the digests. Null: an existing version stays as it is.
     */
    bytes: leaf(z.enum(['stored', 'declared']).nullable()),
    sizeBytes: leaf(z.number().int().nonnegative().nullable()),
    fileCount: leaf(z.number().int().nonnegative().nullable()),
    uri: leaf(nullableText),
    type: leaf(nullableText),
    /** What the first registration says; null for an existing version. */
    metadata: leaf(encodedObject.nullable()),
    /** What the client's own library keeps with the version and wants back unchanged. */
    client: leaf(encodedObject.nullable()),
    identifiers: leaf(z.array(z.string())),
    moves: leaf(z.array(move)),
    /** The run that made it; null where none is known or the edge is there already. */
    generatedBy: leaf(id.nullable()),
    description: personal(),
  },
  changes: (fact) => {
    const { data } = fact;
    const changes: Change[] = [];
    if (data.result === 'created') changes.push(...createdVersion(fact));
    else changes.push(...existingVersion(fact));
    if (data.generatedBy !== null) {
      const { id: from } = data.version;
      changes.push({ op: 'open', kind: 'WAS_GENERATED_BY', from, to: data.generatedBy });
    }
    changes.push(...moveAliases(data.moves, data.collection));
    return changes;
  },
});

type Registered = Parameters<typeof versionRegistered.changes>[0];

function createdVersion(fact: Registered): Change[] {
  const { data } = fact;
  const { collection: of, version } = data;
  const { id: from, kind, name, ordinal } = version;
  const set = {
    ordinal,
    digest: data.digest ?? undefined,
    identity: data.identity,
    bytes: data.bytes ?? undefined,
    sizeBytes: data.sizeBytes ?? undefined,
    fileCount: data.fileCount ?? undefined,
    uri: data.uri ?? undefined,
    metadata: data.metadata ?? {},
    client: data.client ?? undefined,
    collection: of.id,
    type: data.type ?? undefined,
    ...personalProps(fact, ['description']),
  };
  return [
    {
      op: 'put',
      id: of.id,
      kind: of.kind,
      project: of.project,
      name: of.name,
      set: {
        versionCount: ordinal + 1,
        // The first version says what the collection is; later ones do not turn it over.
        type: data.collectionResult === 'created' ? (data.type ?? undefined) : undefined,
      },
    },
    { op: 'put', id: from, kind, project: of.project, name, set, identifiers: data.identifiers },
    { op: 'open', kind: 'VERSION_OF', from, to: of.id },
  ];
}

/** What a further registration adds to a version; nothing, when it only moves aliases. */
function existingVersion(fact: Registered): Change[] {
  const { data } = fact;
  const { identifiers, version } = data;
  const set = {
    bytes: data.bytes ?? undefined,
    client: data.client ?? undefined,
    ...personalProps(fact, ['description']),
  };
  const isSet = Object.values(set).some((value) => value !== undefined);
  if (!isSet && identifiers.length === 0) return [];
  const { id: own, kind, name } = version;
  return [{ op: 'put', id: own, kind, project: data.collection.project, name, set, identifiers }];
}

export const aliasesChanged = factType({
  type: 'aliases.changed',
  version: 1,
  fields: { collection: leaf(collection), moves: leaf(z.array(move)) },
  changes: ({ data }) => moveAliases(data.moves, data.collection),
});

/** Only edges that were not there yet; what the run read and what it made. */
export const lineageRecorded = factType({
  type: 'lineage.recorded',
  version: 1,
  fields: { run: leaf(id), inputs: leaf(z.array(id)), outputs: leaf(z.array(id)) },
  changes: ({ data: { run, inputs, outputs } }) => [
    ...inputs.map((to): Change => ({ op: 'open', kind: 'USED', from: run, to })),
    ...outputs.map((from): Change => ({ op: 'open', kind: 'WAS_GENERATED_BY', from, to: run })),
  ],
});

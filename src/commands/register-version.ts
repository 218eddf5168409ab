import { versionRegistered } from '../domain/audit/facts/version.ts';
import type { Digest } from '../domain/digest.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type CollectionKind, versionKindOf } from '../domain/lineage/kinds.ts';
import { collectionId, LATEST, versionId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { checkName, checkPathName } from '../domain/values/text.ts';
import type { JsonObject } from '../domain/values/value.ts';
import {
  type Command,
  type CommandInput,
  type DecisionContext,
  fact,
  unchanged,
} from '../ledger/command.ts';
import { decideAliasMoves, wantsOfAliases } from './move-aliases.ts';
import { existing, placeOfProject } from './placing.ts';

/** Most foreign names that one registration may add. */
export const IDENTIFIERS_MAX = 32;

export interface RegisterVersionInput extends CommandInput {
  readonly project: NodeId;
  readonly kind: CollectionKind;
  /** Natural name of the collection. */
  readonly name: string;
  /** The type as the client calls it, where its types are freer than the hub's kinds. */
  readonly type: string | null;
  /** SHA-256 of the manifest, or the content's own digest; null when only the address is known. */
  readonly digest: Digest | null;
  readonly uri: string | null;
  readonly bytes: 'stored' | 'declared';
  readonly sizeBytes: number | null;
  readonly fileCount: number | null;
  readonly metadata: JsonObject;
  /** What the client's own library wants back unchanged, under the library's name. */
  readonly client?: JsonObject | null | undefined;
  readonly identifiers: readonly string[];
  readonly aliases: readonly string[];
  readonly generatedBy: NodeId | null;
}

/** Personal field: `description`. */
export const registerVersion: Command<RegisterVersionInput> = {
  operation: 'registerVersion',
  derived: ['bytes'],
  wants: (input, view, { org }) => {
    const { collection, version } = idsOf(org, input);
    const aliases = wantsOfAliases(org, collection, withLatest(input.aliases));
    const run = input.generatedBy === null ? [] : [input.generatedBy];
    return {
      nodes: [input.project, collection, version, ...aliases.nodes, ...run],
      out: aliases.out,
      edges: run.map((to) => ({ kind: 'WAS_GENERATED_BY' as const, from: version, to })),
    };
  },
  requires: ({ project }, view) => ({
    permission: 'record.write',
    place: placeOfProject(view, project),
  }),
  decide: (input, context) => {
    check(input);
    const { view, org } = context;
    existing(view, input.project, 'PROJECT');
    const ids = idsOf(org, input);
    const run = input.generatedBy === null ? null : existing(view, input.generatedBy, 'RUN');
    const found = view.node(ids.version);
    const outcome = outcomeOf(input, ids, context);
    if (found && isNothingNew(outcome)) return unchanged(found);
    return fact(versionRegistered, {
      data: outcome,
      projects: [input.project, ...(run?.project ? [run.project] : [])],
      subject: { kind: versionKindOf(input.kind), id: ids.version, digest: input.digest },
      occurredAt: input.occurredAt,
    });
  },
};

interface Ids {
  readonly collection: NodeId;
  readonly version: NodeId;
}

function idsOf(org: string, { project, kind, name, digest, uri }: RegisterVersionInput): Ids {
  const collection = collectionId(org, { project, kind, name });
  const identity = digest ?? `uri:${uri}`;
  return { collection, version: versionId(org, collection, { kind, identity }) };
}

/** Everything that the registration chooses: number, names that move, edges that open. */
function outcomeOf(input: RegisterVersionInput, ids: Ids, { org, view }: DecisionContext) {
  const { project, kind, name, generatedBy, digest, bytes, sizeBytes, fileCount, uri } = input;
  const collection = view.node(ids.collection);
  const found = view.node(ids.version);
  const ordinal = found ? Number(found.props.ordinal) : Number(collection?.props.versionCount ?? 0);
  const edge =
    generatedBy === null
      ? undefined
      : view.openEdge({ kind: 'WAS_GENERATED_BY', from: ids.version, to: generatedBy });
  const to = ids.version;
  const names = found ? input.aliases : withLatest(input.aliases);
  return {
    result: found ? ('existing' as const) : ('created' as const),
    collection: { id: ids.collection, kind, name, project },
    collectionResult: collection ? ('existing' as const) : ('created' as const),
    version: { id: ids.version, kind: versionKindOf(kind), name: `${name}:v${ordinal}`, ordinal },
    digest,
    bytes,
    sizeBytes,
    fileCount,
    uri,
    type: input.type,
    metadata: input.metadata,
    client: newClientPart(found, input.client ?? null),
    identifiers: newIdentifiers(found, namesOf(input)),
    moves: decideAliasMoves(view, names, { org, collection: ids.collection, to }),
    generatedBy: edge ? null : generatedBy,
  };
}

function isNothingNew(outcome: ReturnType<typeof outcomeOf>): boolean {
  const { identifiers, moves, generatedBy, client } = outcome;
  const named = identifiers.length > 0 || moves.length > 0;
  return !named && generatedBy === null && client === null;
}

/** What the first client of each library said stays; another library's part is put beside it. */
function newClientPart(found: NodeRow | undefined, asked: JsonObject | null): JsonObject | null {
  const kept = (found?.props.client ?? {}) as JsonObject;
  if (asked === null || Object.keys(asked).every((library) => Object.hasOwn(kept, library))) {
    return null;
  }
  return { ...asked, ...kept };
}

/** The digest is a name of the content too, by which it is found whatever it is called. */
function namesOf({ digest, identifiers }: RegisterVersionInput): readonly string[] {
  return digest === null ? identifiers : [digest, ...identifiers];
}

function newIdentifiers(found: NodeRow | undefined, asked: readonly string[]): string[] {
  return [...new Set(asked)].filter((each) => !found?.identifiers.includes(each)).sort();
}

function withLatest(aliases: readonly string[]): readonly string[] {
  return [...new Set([...aliases, LATEST])];
}

function check(input: RegisterVersionInput): void {
  checkPathName(input.name, 'the name');
  if (input.type !== null) checkName(input.type, 'the type');
  if (input.digest === null && input.uri === null) {
    throw invalidInput('a version needs files, a digest or an address');
  }
  if (input.identifiers.length > IDENTIFIERS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `at most ${IDENTIFIERS_MAX} foreign names at once`);
  }
  for (const identifier of input.identifiers) checkName(identifier, 'a foreign name');
}

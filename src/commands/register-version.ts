import { versionRegisteredV2 } from '../domain/audit/facts/named-dataset.ts';
import { versionRegistered } from '../domain/audit/facts/version.ts';
import type { Digest } from '../domain/digest.ts';
import { DomainError, invalidInput } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { type CollectionKind, versionKindOf } from '../domain/lineage/kinds.ts';
import { isRegistered } from '../domain/lineage/named-dataset.ts';
import { collectionId, identityOf, LATEST, versionId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { checkName, checkPathName } from '../domain/values/text.ts';
import type { JsonObject } from '../domain/values/value.ts';
import {
  type Command,
  type CommandInput,
  type DecisionContext,
  fact,
  type GraphView,
  unchanged,
} from '../ledger/command.ts';
import { existingOwner, namedIdsOf, namingOf, ownerRequirements } from './in-namespace.ts';
import { decideAliasMoves, wantsOfAliases } from './move-aliases.ts';
import { currentId, existing } from './placing.ts';

/** Most foreign names that one registration may add. */
export const IDENTIFIERS_MAX = 32;

export interface RegisterVersionInput extends CommandInput {
  readonly project: NodeId;
  readonly kind: CollectionKind;
  /** Natural name of the collection. */
  readonly name: string;
  /** The namespace that the name stands in, where a store gave it; of datasets alone. */
  readonly namespace?: string | undefined;
  /** The project that owns the namespace; left out: it is the project's own. */
  readonly owner?: NodeId | undefined;
  /** The type as the client calls it, where its types are freer than the hub's kinds. */
  readonly type: string | null;
  /** Whether the digest is that of a manifest, or of the content as the client states it. */
  readonly identity: 'manifest' | 'content';
  /** Null when only the address is known. */
  readonly digest: Digest | null;
  readonly uri: string | null;
  readonly bytes: 'stored' | 'declared';
  readonly sizeBytes: number | null;
  readonly fileCount: number | null;
  readonly metadata: JsonObject;
  /** What the client's own library wants back unchanged, under the library's name. */
  readonly client?: JsonObject | null | undefined;
  /** Names in other systems, as clients state them. */
  readonly identifiers: readonly string[];
  /** Names that a door of the hub gives, under schemes that clients may not use. */
  readonly doorIdentifiers?: readonly string[];
  readonly aliases: readonly string[];
  readonly generatedBy: NodeId | null;
  /** The version that is to have more said of it: without it, nothing is registered. */
  readonly expect?: NodeId | undefined;
}

/** Personal field: `description`. */
export const registerVersion: Command<RegisterVersionInput> = {
  operation: 'registerVersion',
  derived: ['bytes', 'owner', 'expect'],
  wants: (input, view, { org }) => {
    const { collection, version, first } = idsOf(org, input, view);
    const aliases = wantsOfAliases(org, collection, withLatest(input.aliases));
    const run = input.generatedBy === null ? [] : [input.generatedBy];
    return {
      nodes: [input.project, homeOf(input), collection, first, version, ...aliases.nodes, ...run],
      out: aliases.out,
      edges: run.map((to) => ({ kind: 'WAS_GENERATED_BY' as const, from: version, to })),
    };
  },
  requires: ({ project, generatedBy, ...input }) => [
    { permission: 'record.write', of: project },
    ...ownerRequirements(input),
    // Who says that a run made something speaks for that run's project.
    ...(generatedBy === null ? [] : [{ permission: 'record.write' as const, of: generatedBy }]),
  ],
  decide: (input, context) => {
    check(input);
    const { view, org } = context;
    existing(view, input.project, 'PROJECT');
    existingOwner(view, input);
    const ids = idsOf(org, input, view);
    const run = input.generatedBy === null ? null : existing(view, input.generatedBy, 'RUN');
    const found = registered(view.node(ids.version));
    if (input.expect !== undefined && found?.id !== input.expect) {
      throw new DomainError('CONFLICT', `the version ${input.expect} is not there any more`);
    }
    const outcome = outcomeOf(input, ids, context);
    if (found && isNothingNew(outcome) && !input.personal?.length) return unchanged(found);
    const content = {
      projects: [homeOf(input), ...(run?.project ? [run.project] : [])],
      subject: { kind: versionKindOf(input.kind), id: ids.version, digest: input.digest },
      occurredAt: input.occurredAt,
    };
    const named = namingOf(input);
    if (named === null) return fact(versionRegistered, { ...content, data: outcome });
    const { fullName: _, ...naming } = named;
    return fact(versionRegisteredV2, { ...content, data: { ...outcome, named: naming } });
  },
};

interface Ids {
  readonly collection: NodeId;
  readonly version: NodeId;
  /** The version that had this content first; another one than `version` when it was deleted. */
  readonly first: NodeId;
}

/** The project that the version belongs to. */
function homeOf({ project, namespace, owner }: RegisterVersionInput): NodeId {
  return namespace === undefined ? project : (owner ?? project);
}

/** What was only named in lineage so far is registered like what is not there yet. */
function registered(row: NodeRow | undefined): NodeRow | undefined {
  return row && isRegistered(row) ? row : undefined;
}

function idsOf(org: string, input: RegisterVersionInput, view: GraphView): Ids {
  const named = namedIdsOf(input, { org, view, home: homeOf(input) });
  if (named !== null) return named;
  const { project, kind, name } = input;
  const collection = collectionId(org, { project, kind, name });
  const identity = identityOf(input);
  const idOf = (incarnation: number) => versionId(org, collection, { kind, identity, incarnation });
  return { collection, version: currentId(view, idOf), first: idOf(0) };
}

/** Everything that the registration chooses: number, names that move, edges that open. */
function outcomeOf(input: RegisterVersionInput, ids: Ids, context: DecisionContext) {
  const { org, view, recordedAt } = context;
  const { kind, generatedBy, digest, bytes } = input;
  const project = homeOf(input);
  const collection = view.node(ids.collection);
  const found = registered(view.node(ids.version));
  const name =
    collection?.name ?? namingOf(input)?.fullName ?? checkPathName(input.name, 'the name');
  const ordinal = found ? Number(found.props.ordinal) : Number(collection?.props.versionCount ?? 0);
  const edge =
    generatedBy === null
      ? undefined
      : view.openEdge({ kind: 'WAS_GENERATED_BY', from: ids.version, to: generatedBy });
  const at = input.occurredAt ?? recordedAt;
  const target = { org, collection: ids.collection, to: ids.version, digest, at };
  return {
    result: found ? ('existing' as const) : ('created' as const),
    collection: { id: ids.collection, kind, name, project },
    collectionResult: hasVersions(collection) ? ('existing' as const) : ('created' as const),
    version: {
      id: ids.version,
      kind: versionKindOf(kind),
      name: found?.name ?? `${name}:v${ordinal}`,
      ordinal,
    },
    identity: digest === null ? ('address' as const) : input.identity,
    digest,
    bytes: found ? upgraded(found, bytes) : bytes,
    ...(found ? NOTHING_MORE : firstContent(input)),
    client: newClientPart(found, input.client ?? null),
    identifiers: newIdentifiers(found, namesOf(input)),
    moves: decideAliasMoves(view, found ? input.aliases : withLatest(input.aliases), target),
    generatedBy: edge ? null : generatedBy,
  };
}

/** A dataset that was only named in lineage so far has none. */
function hasVersions(collection: NodeRow | undefined): boolean {
  return collection?.props.versionCount !== undefined;
}

/** The first registration describes a version; a further one of the same content does not. */
function firstContent({ sizeBytes, fileCount, uri, type, metadata }: RegisterVersionInput) {
  const named = type === null ? null : checkName(type, 'the type');
  return { sizeBytes, fileCount, uri, type: named, metadata };
}

const NOTHING_MORE = { sizeBytes: null, fileCount: null, uri: null, type: null, metadata: null };

/** Bytes that the hub now holds make a declared version a stored one; never the other way. */
function upgraded(found: NodeRow, bytes: RegisterVersionInput['bytes']) {
  return bytes === 'stored' && found.props.bytes !== 'stored' ? bytes : null;
}

function isNothingNew(outcome: ReturnType<typeof outcomeOf>): boolean {
  const { identifiers, moves, generatedBy, client, bytes } = outcome;
  const named = identifiers.length > 0 || moves.length > 0;
  return !named && generatedBy === null && client === null && bytes === null;
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
function namesOf(input: RegisterVersionInput): readonly string[] {
  const { digest, identifiers, doorIdentifiers = [] } = input;
  const given = [...identifiers, ...doorIdentifiers];
  const names = given.map((identifier) => checkName(identifier, 'a foreign name'));
  return digest === null ? names : [digest, ...names];
}

function newIdentifiers(found: NodeRow | undefined, asked: readonly string[]): string[] {
  return [...new Set(asked)].filter((each) => !found?.identifiers.includes(each)).sort();
}

function withLatest(aliases: readonly string[]): readonly string[] {
  return [...new Set([...aliases, LATEST])];
}

/** Schemes that say what the hub itself has seen; a client's word must not pass for that. */
const OWN_SCHEMES = /^(sha256:|wandb-)/;

function check(input: RegisterVersionInput): void {
  // Looked at whatever is there by now: no name leads to what a store has named.
  if (input.namespace === undefined) checkPathName(input.name, 'the name');
  else if (input.kind !== 'DATASET') throw invalidInput('only datasets stand in a namespace');
  if (input.digest === null && input.uri === null) {
    throw invalidInput('a version needs files, a digest or an address');
  }
  if (input.identifiers.length > IDENTIFIERS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `at most ${IDENTIFIERS_MAX} foreign names at once`);
  }
  const own = input.identifiers.find((identifier) => OWN_SCHEMES.test(identifier));
  if (own !== undefined) {
    throw invalidInput(`${JSON.stringify(own)}: names of this scheme are the hub's own`);
  }
}

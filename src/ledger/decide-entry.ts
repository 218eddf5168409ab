import { SYSTEM_ACTOR } from '../domain/actor.ts';
import { commandRefused } from '../domain/audit/facts/refusal.ts';
import { PROJECTS_PER_FACT_MAX, parseLeaf } from '../domain/audit/leaf.ts';
import { DomainError, isDomainError, RECORDED_REFUSALS } from '../domain/errors.ts';
import type { RoleTable } from '../domain/governance/permissions.ts';
import { applyChanges } from '../domain/lineage/apply-changes.ts';
import type { Change } from '../domain/lineage/change.ts';
import type { LogIndex, NodeRow } from '../domain/lineage/graph-rows.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { type Instant, msOfInstant } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { FactRow, HeadTransaction, Wants } from '../ports/lineage-store.ts';
import { authorize, HiddenRefusal, mayAsKnown, mayOf, NodeRefusal } from './authorize.ts';
import {
  type Command,
  type CommandInput,
  type CommandWants,
  type FactDecision,
  fact,
  type Receipt,
  type Requirement,
} from './command.ts';
import { type FactRequest, type WrittenFact, writeFact } from './fact-writer.ts';
import type { Overlay } from './overlay.ts';
import type { RefusalTally } from './refusal-tally.ts';

/** How often a command may ask for more before it is decided. */
export const LOAD_ROUNDS_MAX = 8;
/** Longest message that a refusal's fact repeats, in UTF-16 units. */
export const REFUSAL_MESSAGE_LENGTH_MAX = 400;

/** A command on its way through the committer. */
export interface Entry {
  readonly command: Command<CommandInput>;
  readonly input: CommandInput;
  readonly request: FactRequest;
  /** The decision of the latest attempt; a batch that is bisected decides again. */
  last: Decided | null;
  /** Whether the tally has this refusal already; attempts must not count twice. */
  refusalNoted: 'record' | 'count' | null;
}

/** Outcome of one command: a receipt or an error, and the fact that goes with it, if any. */
export interface Decided {
  readonly receipt: Receipt | null;
  readonly error: unknown;
  readonly written: WrittenFact | null;
  readonly about: readonly string[];
}

/** Facts that already carry an idempotency key of the batch, by the key's text. */
export type KnownKeys = Map<string, Pick<FactRow, 'index' | 'leaf'>>;

export interface DecisionPlace {
  /** Null while a batch is decided ahead: what is not loaded yet then has to wait. */
  readonly tx: HeadTransaction | null;
  readonly overlay: Overlay;
  readonly known: KnownKeys;
  readonly index: LogIndex;
  readonly recordedAt: Instant;
  readonly tally: RefusalTally;
  readonly clock: Clock;
  readonly roles: RoleTable;
}

/** Where it is worked out what commands want. */
export type WantsPlace = Pick<DecisionPlace, 'overlay' | 'roles' | 'clock'>;

/** A command that is decided ahead asks for something that only the store can tell. */
export class NeedsStore extends Error {
  override readonly name = 'NeedsStore';
}

/** Loads the union of what the batch needs, in as few round trips as the commands allow. */
export async function loadForBatch(
  tx: HeadTransaction,
  entries: readonly Entry[],
  place: WantsPlace,
): Promise<KnownKeys> {
  const { overlay } = place;
  const known: KnownKeys = new Map();
  const keyed = entries.filter(({ request }) => request.idempotencyKey !== null);
  let asking: readonly Entry[] = entries;
  for (let round = 0; round < LOAD_ROUNDS_MAX; round += 1) {
    const wants: Omit<Wants, 'idempotency'>[] = [];
    // Who lacks nothing is not asked again; what others bring to light is loaded at its turn.
    asking = asking.filter((entry) => {
      const lacks = overlay.missing(wantsOrNothing(entry, place));
      if (!isEmpty(lacks)) wants.push(lacks);
      return !isEmpty(lacks);
    });
    const idempotency = round === 0 ? keyed.map(({ request }) => keyOf(request)) : [];
    const missing = { ...overlay.missing(union(wants)), idempotency };
    if (isEmpty(missing) && idempotency.length === 0) break;
    const found = await tx.load(missing);
    overlay.learn(missing, found);
    found.idempotency.forEach((row, at) => {
      const request = keyed[at]?.request;
      if (row && request) known.set(keyText(request), row);
    });
  }
  return known;
}

/** Takes one command through the corridor: authorize, replay, decide, write, apply. */
export async function decideEntry(entry: Entry, place: DecisionPlace): Promise<Decided> {
  try {
    await loadRest(entry, place);
    authorize(entry, place);
    const replayed = replayOf(entry.request, place.known);
    if (replayed) return { receipt: replayed, error: null, written: null, about: [] };
    return decide(entry, place);
  } catch (error) {
    if (error instanceof NeedsStore) throw error;
    return refuse(entry, place, error);
  }
}

function decide(entry: Entry, place: DecisionPlace): Decided {
  const { actor, org } = entry.request;
  const { overlay: view, recordedAt } = place;
  const may = mayOf(entry.request, place);
  const decision = entry.command.decide(entry.input, { org, actor, view, recordedAt, may });
  if (decision.kind === 'none') {
    const receipt: Receipt = {
      index: decision.fact,
      subject: decision.subject,
      outcome: 'unchanged',
    };
    return { receipt, error: null, written: null, about: [] };
  }
  const { index } = place;
  const written = writeFact(decision, entry.request, { index, recordedAt, outcome: 'allow' });
  const fork = view.fork();
  const about = applyChanges(fork, written.changes, {
    index,
    recordedAt,
    occurredAt: decision.occurredAt,
  });
  refuseUnmadeEnds(fork, written.changes);
  view.absorb(fork);
  if (entry.request.idempotencyKey !== null) {
    place.known.set(keyText(entry.request), { index, leaf: written.row.leaf });
  }
  const receipt: Receipt = { index, subject: decision.subject, outcome: 'recorded' };
  return { receipt, error: null, written, about };
}

/** What is known not to be there has no edges: the overlay counts on it. */
function refuseUnmadeEnds(graph: Overlay, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.op !== 'open') continue;
    for (const id of [change.from, change.to]) {
      if (id === SYSTEM_ACTOR.ref || !graph.knows(id) || graph.node(id) !== undefined) continue;
      throw new Error(`an edge ${change.kind} is opened of ${id}, which is not made`);
    }
  }
}

/** A refusal goes on record as a fact without changes; invalid input does not. */
function refuse(entry: Entry, place: DecisionPlace, shown: unknown): Decided {
  const failed: Decided = { receipt: null, error: shown, written: null, about: [] };
  const error = shown instanceof HiddenRefusal ? shown.recorded : shown;
  if (!isDomainError(error) || !RECORDED_REFUSALS.includes(error.code)) return failed;
  const decision = refusalOf(error, entry, namedIn(entry, place, shown));
  if (!entry.refusalNoted) {
    const key = {
      operation: entry.command.operation,
      code: error.code,
      actor: entry.request.actor.ref,
      subject: decision.subject?.id ?? null,
    };
    const nowMs = msOfInstant(place.recordedAt);
    entry.refusalNoted = place.tally.note(key, decision.projects, nowMs) ? 'record' : 'count';
  }
  if (entry.refusalNoted === 'count') return failed;
  // A refused request leaves no personal value behind: what it wanted to write was not written.
  const request = { ...entry.request, personal: [] };
  const { index, recordedAt } = place;
  return {
    ...failed,
    written: writeFact(decision, request, { index, recordedAt, outcome: 'deny' }),
  };
}

/**
 * The nodes that a refused command is about. Where a right was missing at one of them it is that
 * one alone: the fact must not show to who asked for a hidden id when it does for an unknown one.
 */
function namedIn(entry: Entry, place: DecisionPlace, shown: unknown): NodeRow[] {
  const { overlay } = place;
  const { command, input } = entry;
  const isAtNode = shown instanceof HiddenRefusal || shown instanceof NodeRefusal;
  const ids = isAtNode ? [shown.node] : (command.about?.(input) ?? wantsOf(entry, place).nodes);
  return (ids ?? []).flatMap((id) => (overlay.knows(id) ? (overlay.node(id) ?? []) : []));
}

function refusalOf(error: DomainError, entry: Entry, rows: readonly NodeRow[]): FactDecision {
  const missing = Array.isArray(error.details.missing) ? error.details.missing.map(String) : [];
  const first = rows.find(({ id }) => id !== entry.request.actor.ref);
  return fact(commandRefused, {
    data: {
      operation: entry.command.operation,
      code: error.code,
      // A cut through a surrogate pair would leave a text that no leaf can hold.
      message: error.message.slice(0, REFUSAL_MESSAGE_LENGTH_MAX).replace(/[\ud800-\udbff]$/, ''),
      missing,
    },
    projects: projectsOf(rows),
    subject: first ? { kind: first.kind, id: first.id, digest: null } : null,
  });
}

/** A fact of no project is for auditors of the organization, and so is one of too many. */
function projectsOf(rows: readonly NodeRow[]): NodeId[] {
  const projects = [...new Set(rows.flatMap(({ project }) => project ?? []))];
  return projects.length > PROJECTS_PER_FACT_MAX ? [] : projects;
}

function replayOf(request: FactRequest, known: KnownKeys): Receipt | null {
  if (request.idempotencyKey === null) return null;
  const earlier = known.get(keyText(request));
  if (!earlier) return null;
  const leaf = parseLeaf(earlier.leaf);
  if (leaf.request.inputDigest !== request.inputDigest) {
    throw new DomainError(
      'CONFLICT',
      `the idempotency key was used before for ${request.operation} with other input`,
    );
  }
  return { index: earlier.index, subject: leaf.subject, outcome: 'replayed' };
}

/** What earlier commands of the batch did may make a command ask for more. */
async function loadRest(entry: Entry, place: DecisionPlace): Promise<void> {
  const { tx, overlay } = place;
  for (let round = 0; round < LOAD_ROUNDS_MAX; round += 1) {
    const missing = { ...overlay.missing(wantsOf(entry, place)), idempotency: [] };
    if (isEmpty(missing)) return;
    if (tx === null) throw new NeedsStore();
    overlay.learn(missing, await tx.load(missing));
  }
  throw new Error(`${entry.command.operation} asks for more after ${LOAD_ROUNDS_MAX} rounds`);
}

/** A command that cannot even say what it wants fails later, alone, when its turn comes. */
function wantsOrNothing(entry: Entry, place: WantsPlace): CommandWants {
  try {
    return wantsOf(entry, place);
  } catch {
    return {};
  }
}

function wantsOf({ command, input, request }: Entry, place: WantsPlace): CommandWants {
  const { overlay } = place;
  const context = { org: request.org, may: mayAsKnown(request, place) };
  const wants = command.wants(input, overlay, context);
  const requirements = command.requires(input, overlay, request.actor);
  const nodes = [...(wants.nodes ?? []), ...placesOf(requirements, overlay)];
  if (request.actor.ref !== SYSTEM_ACTOR.ref) nodes.push(request.actor.ref);
  return { ...wants, nodes };
}

/** What must be known to tell where something is done: the node, then its project. */
function placesOf(requirements: readonly Requirement[], overlay: Overlay): NodeId[] {
  return requirements.flatMap((requirement) => {
    if (!('of' in requirement)) return [];
    const { of } = requirement;
    const project = overlay.knows(of) ? overlay.node(of)?.project : null;
    return project ? [of, project] : [of];
  });
}

function union(wants: readonly CommandWants[]): Required<CommandWants> {
  return {
    nodes: wants.flatMap(({ nodes }) => nodes ?? []),
    edges: wants.flatMap(({ edges }) => edges ?? []),
    out: wants.flatMap(({ out }) => out ?? []),
    into: wants.flatMap(({ into }) => into ?? []),
  };
}

function isEmpty({ nodes, edges, out, into }: Required<CommandWants>): boolean {
  return [nodes, edges, out, into].every(({ length }) => length === 0);
}

function keyOf({ actor, operation, idempotencyKey }: FactRequest) {
  return { actor: actor.ref, operation, key: idempotencyKey as string };
}

function keyText({ actor, operation, idempotencyKey }: FactRequest): string {
  return JSON.stringify([actor.ref, operation, idempotencyKey]);
}

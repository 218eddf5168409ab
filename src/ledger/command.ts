import type { Actor } from '../domain/actor.ts';
import type { FactData, FactFields, FactType } from '../domain/audit/fact-type.ts';
import type { FactSubject } from '../domain/audit/leaf.ts';
import type { PersonalValues } from '../domain/audit/personal.ts';
import type { Permission, Place, Role } from '../domain/governance/permissions.ts';
import type { EdgeRow, LogIndex, NodeRow } from '../domain/lineage/graph-rows.ts';
import type { EdgeKind } from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import type { JsonObject } from '../domain/values/value.ts';
import type { EdgeEnds, EdgesInto, EdgesOut } from '../ports/lineage-store.ts';

/** The present state as a command sees it: what it asked for, under the head lock. */
export interface GraphView {
  /** The node, or undefined when it does not exist. Throws when it was not asked for. */
  node(id: NodeId): NodeRow | undefined;
  /** True when the node was looked for already, found or not. */
  knows(id: NodeId): boolean;
  /** The open edge with these ends, or undefined. Throws when it was not asked for. */
  openEdge(ends: EdgeEnds): EdgeRow | undefined;
  /** True when edges of a kind that leave a node were looked for already, however many. */
  knowsOut(kind: EdgeKind, from: NodeId): boolean;
  /** The open edges of a kind that leave a node. Throws when they were not asked for. */
  openOut(kind: EdgeKind, from: NodeId): readonly EdgeRow[];
  /** True when edges of a kind that lead to a node were looked for already, however many. */
  knowsInto(kind: EdgeKind, to: NodeId): boolean;
  /** The open edges of a kind that lead to a node, latest first. Throws when not asked for. */
  openInto(kind: EdgeKind, to: NodeId): readonly EdgeRow[];
}

/** What a command wants loaded, given what it sees so far. */
export interface CommandWants {
  readonly nodes?: readonly NodeId[];
  readonly edges?: readonly EdgeEnds[];
  readonly out?: readonly EdgesOut[];
  readonly into?: readonly EdgesInto[];
}

export interface WantsContext {
  readonly org: string;
  /**
   * Whether the actor may do this to a node; no, as long as that is not known. What is much to
   * load is wanted only by who may do the act: rights are asked for when everything is loaded.
   */
  may(permission: Permission, node: NodeId): boolean;
}

/** What every command's input may carry beside its own fields. */
export interface CommandInput {
  /** Personal values of the request; they go to the sidecar and nowhere else. */
  readonly personal?: readonly PersonalValues[];
  /** World time of what is recorded, as the client states it. */
  readonly occurredAt?: Instant | undefined;
}

export interface DecisionContext {
  readonly org: string;
  readonly actor: Actor;
  readonly view: GraphView;
  /** Hub time that the fact will carry. */
  readonly recordedAt: Instant;
  /** Whether the actor may do this to a node that was loaded together with its project. */
  may(permission: Permission, node: NodeId): boolean;
}

/** A decision that goes on record. `data` holds every outcome that was chosen. */
export interface FactDecision {
  readonly kind: 'fact';
  readonly type: FactType;
  readonly data: JsonObject;
  readonly projects: readonly NodeId[];
  readonly subject: FactSubject | null;
  readonly occurredAt: Instant | null;
}

/** Nothing changes: everything asked for is so already. The fact is the one that made it so. */
export interface NoChange {
  readonly kind: 'none';
  readonly fact: LogIndex;
  readonly subject: FactSubject | null;
}

export type Decision = FactDecision | NoChange;

/** One use case. `wants` and `decide` are pure; what they throw fails this command alone. */
export interface Command<I extends CommandInput> {
  /** Name of the operation, as the leaf's request states it. */
  readonly operation: string;
  /** Input fields that the hub works out itself: a retry may bring others under the same key. */
  readonly derived?: readonly string[];
  wants(input: I, view: GraphView, context: WantsContext): CommandWants;
  /** What the actor must be allowed to do, and where; asked when everything is loaded. */
  requires(input: I, view: GraphView, actor: Actor): readonly Requirement[];
  /**
   * What a refusal on record is about, where that is less than everything that is wanted: whether
   * a thing is there that the actor may only name must not show in who may read the refusal.
   */
  readonly about?: (input: I) => readonly NodeId[];
  decide(input: I, context: DecisionContext): Decision;
}

/**
 * A permission at the place that a node belongs to, or at a place that is named; or everything
 * that a role would give at a place.
 */
export type Requirement =
  | NodeRequirement
  | PlaceRequirement
  | { readonly everythingOf: Role; readonly place: Place; readonly through?: Instant | null };

export interface NodeRequirement {
  readonly permission: Permission;
  readonly of: NodeId;
  /** What a refusal says instead of the id to who may not know of the node and named no id. */
  readonly hiddenAs?: string;
}

export interface PlaceRequirement {
  readonly permission: Permission;
  readonly place: Place;
  /** It is asked for before this time only; null or left out: always. */
  readonly until?: Instant | null;
  /** What a refusal says instead of the place to who may not read there. */
  readonly hiddenAs?: string;
  /** Why it is asked for, where that is not plain to see. */
  readonly because?: string;
  /** The rights must last until then, or for good where it is null; left out: be there now. */
  readonly through?: Instant | null;
}

/** What an acknowledged command leads to. */
export interface Receipt {
  readonly index: LogIndex;
  readonly subject: FactSubject | null;
  /** Recorded: a new fact. Unchanged: it was so already. Replayed: the same key came again. */
  readonly outcome: 'recorded' | 'unchanged' | 'replayed';
}

export interface FactContent<F extends FactFields> {
  readonly data: FactData<F>;
  readonly projects: readonly NodeId[];
  readonly subject: FactSubject | null;
  readonly occurredAt?: Instant | undefined;
}

/** Makes a decision of a known type, so that the compiler checks the data against the type. */
export function fact<F extends FactFields>(
  type: FactType<F>,
  content: FactContent<F>,
): FactDecision {
  return {
    kind: 'fact',
    type: type as unknown as FactType,
    data: content.data as unknown as JsonObject,
    projects: [...new Set(content.projects)].sort(),
    subject: content.subject,
    occurredAt: content.occurredAt ?? null,
  };
}

/** The fact is the one that made it so; left out, the last that touched the node. */
export function unchanged(row: NodeRow, fact: LogIndex = row.last): NoChange {
  return { kind: 'none', fact, subject: subjectOf(row) };
}

export function subjectOf(row: Pick<NodeRow, 'kind' | 'id'>): FactSubject {
  return { kind: row.kind, id: row.id, digest: null };
}

import type { ActorRef } from '../domain/actor.ts';
import {
  COLLECTION_KINDS,
  type CollectionKind,
  type NodeKind,
  VERSION_KINDS,
  type VersionKind,
} from '../domain/lineage/kinds.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { Instant } from '../domain/time.ts';
import type { ProjectScope } from './lineage-store.ts';

/** Most entries of one page. */
export const ACCESS_PAGE_ENTRIES_MAX = 1_000;
/** How long an entry is kept when nothing else is said, in days. */
export const ACCESS_KEPT_DAYS = 400;

/** Kinds of node whose reading is noted: what somebody learned a model from, or the model. */
export type NotedKind = VersionKind | CollectionKind | 'REGISTERED_MODEL' | 'RUN';
const NOTED_KINDS: readonly NodeKind[] = [
  ...VERSION_KINDS,
  ...COLLECTION_KINDS,
  'REGISTERED_MODEL',
  'RUN',
];

export function isNotedKind(kind: NodeKind): kind is NotedKind {
  return NOTED_KINDS.includes(kind);
}

/** RECORD: its details were opened. BYTES: its bytes were handed out, or an address for them. */
export type AccessKind = 'RECORD' | 'BYTES';
export type AccessDoor = 'GRAPHQL' | 'WANDB';

/** One reading, as the door that answered it tells. */
export interface AccessNote {
  readonly actor: ActorRef;
  /** What proved who it was: the id of an API key or a session. */
  readonly via: string;
  readonly subject: NodeId;
  /** The project that the subject belongs to. */
  readonly project: NodeId | null;
  readonly how: AccessKind;
  readonly door: AccessDoor;
}

/** Equal readings within one hour (UTC). */
export interface AccessEntry extends AccessNote {
  /** Says nothing and stays the same. */
  readonly id: string;
  /** When the first of them was noted; stays the same. */
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly count: number;
}

/** What a reader may know of who read what; the projections make it. */
export type AccessScope =
  | { readonly all: true }
  | {
      readonly all: false;
      /** Everybody's readings of what belongs to these projects, */
      readonly projects: readonly NodeId[];
      /** and all readings of this actor that are of something within. */
      readonly own: { readonly actor: ActorRef; readonly within: ProjectScope };
    };

/** Every field narrows further. */
export interface AccessQuery {
  readonly scope: AccessScope;
  readonly subject?: NodeId | undefined;
  readonly actor?: ActorRef | undefined;
  readonly project?: NodeId | undefined;
  readonly how?: AccessKind | undefined;
  /** Entries whose last reading was at `since` or later, and whose first was before `until`. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** Goes on behind this entry; the entry itself need not be kept any more. */
  readonly after?: Pick<AccessEntry, 'firstAt' | 'id'> | undefined;
  readonly limit: number;
}

/**
 * Who read what. Reading changes nothing, so it is no fact: the log is operational data, in no
 * digest and not replayed, and a crash may cost it the last second.
 *
 * One entry stands for all equal notes (actor, via, subject, how, door) of an hour. Entries are
 * kept for a named number of days. Failures of `list`: INVALID_INPUT, LIMIT_EXCEEDED,
 * UNAVAILABLE, INTERNAL.
 */
export interface AccessLog {
  /**
   * Takes a reading down. MUST NOT fail or wait, whatever the state of the store: notes are
   * gathered in bounded memory and written every second and at close. When more come than fit,
   * the oldest are lost, and how many that were is logged once.
   */
  note(note: AccessNote): void;

  /**
   * One page of entries, those first whose first reading was latest; equal times by id,
   * descending. MUST hold everything that was noted before. An entry keeps its place while it
   * counts on, so pages do not skip or repeat entries.
   */
  list(query: AccessQuery): Promise<readonly AccessEntry[]>;

  close(): Promise<void>;
}

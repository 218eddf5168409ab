import type { Digest } from '../digest.ts';
import type { JsonObject } from '../values/value.ts';
import type { EventTime } from './event-time.ts';
import type { DatasetName } from './named-dataset.ts';

/** Most datasets that one fact takes from an event; what names more becomes several facts. */
export const ENDS_PER_PART_MAX = 50;

/** Fields of a fact that take, one behind the other, the text of what may be personal. */
export const FACET_TEXT_FIELDS = [
  ...(['facets1', 'facets2', 'facets3', 'facets4', 'facets5', 'facets6'] as const),
  ...(['facets7', 'facets8', 'facets9', 'facets10', 'facets11', 'facets12'] as const),
  ...(['facets13', 'facets14', 'facets15', 'facets16'] as const),
] as const;
export type FacetTextField = (typeof FACET_TEXT_FIELDS)[number];

/** What pipelines say that a run is doing. */
export const EVENT_TYPES = ['START', 'RUNNING', 'OTHER', 'COMPLETE', 'ABORT', 'FAIL'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Whether an event is about a run, a job or a dataset by itself. */
export const EVENT_KINDS = ['RUN', 'JOB', 'DATASET'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * A named piece of what an event says. Its value stands in the open, or was taken back, or is
 * personal: then it stands under `place` in the part's personal text.
 */
export type ToldFacet =
  | { readonly name: string; readonly value: JsonObject }
  | { readonly name: string; readonly deleted: 'open' | 'personal' }
  | { readonly name: string; readonly place: string };

/** A dataset that an event names, and what it says of it. */
export interface ToldEnd extends DatasetName {
  readonly role: 'INPUT' | 'OUTPUT' | 'DATASET';
  /** Of the dataset itself. */
  readonly facets: readonly ToldFacet[];
  /** Of this reading or writing of it. */
  readonly ownFacets: readonly ToldFacet[];
  /** The version that was read or written, where the event states one. */
  readonly version: string | null;
  /** Other names of the same dataset; null where the event says nothing of them. */
  readonly symlinks: readonly DatasetName[] | null;
  /** The datasets that its columns came from. */
  readonly columnDatasets: readonly DatasetName[];
}

export interface ToldJob extends DatasetName {
  readonly facets: readonly ToldFacet[];
}

/** What one part of a pipeline's event says, without personal values. */
export interface ToldEvent {
  /** SHA-256 of the whole event: events that say the same are the same. */
  readonly digest: Digest;
  /** From 1 to `parts`. */
  readonly part: number;
  readonly parts: number;
  readonly kind: EventKind;
  /** Null in events that are about no run. */
  readonly eventType: EventType | null;
  readonly eventTime: EventTime;
  readonly producer: string | null;
  readonly schemaURL: string | null;
  readonly run: { readonly runId: string; readonly facets: readonly ToldFacet[] } | null;
  readonly job: ToldJob | null;
  readonly ends: readonly ToldEnd[];
}

/** A part, and its personal texts by the name of the fact's field that takes them. */
export interface ToldPart {
  readonly event: ToldEvent;
  readonly personal: Readonly<Record<string, string>>;
}

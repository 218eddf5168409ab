import type { Actor } from '../domain/actor.ts';
import type { Digest } from '../domain/digest.ts';
import { instantOf } from '../domain/lineage/event-time.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { ToldEvent, ToldPart } from '../domain/lineage/told-event.ts';
import type { CommandInput } from '../ledger/command.ts';

export interface RecordOpenLineageInput extends CommandInput {
  /** The sender's project: run and job are recorded there. */
  readonly project: NodeId;
  readonly event: ToldEvent;
  /** Who owns which of its namespaces; the others are the project's own. */
  readonly owners: ReadonlyMap<string, NodeId>;
}

/** Where an event is recorded and for whom. */
export interface ToldBy {
  readonly project: NodeId;
  readonly owners: ReadonlyMap<string, NodeId>;
  readonly sender: Actor;
}

/** One command's input with the key that makes it safe to send again. */
export interface OpenLineageSubmission {
  readonly input: RecordOpenLineageInput;
  readonly idempotencyKey: string;
}

/**
 * The inputs of `recordOpenLineage` for the parts of one event, to be submitted one behind the
 * other under the sender's actor. Where the last one's key is on record, all of the event is.
 */
export function openLineageSubmissions(
  parts: readonly ToldPart[],
  { project, owners, sender }: ToldBy,
): OpenLineageSubmission[] {
  return parts.map(({ event, personal }) => {
    const { digest, part, parts: count, eventTime } = event;
    const key = openLineageKey(digest, project);
    const values = Object.keys(personal).length === 0 ? [] : [personal];
    return {
      input: {
        project,
        event,
        owners,
        occurredAt: instantOf(eventTime),
        personal: values.map((texts) => ({ person: sender.ref, values: texts })),
      },
      idempotencyKey: part === count ? key : `${key}/${part}`,
    };
  });
}

/**
 * The idempotency key of an event's last part, which its actor and the operation complete: an
 * event that is sent to two projects is two.
 */
export function openLineageKey(digest: Digest, project: NodeId): string {
  return `${digest}@${project}`;
}

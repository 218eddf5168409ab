import { z } from 'zod';
import type { Actor } from '../domain/actor.ts';
import type { FactType } from '../domain/audit/fact-type.ts';
import { changesOf } from '../domain/audit/fact-types.ts';
import { type LeafEnvelope, type Outcome, writeLeaf } from '../domain/audit/leaf.ts';
import type { SealedPersonal } from '../domain/audit/sidecar.ts';
import type { Digest } from '../domain/digest.ts';
import type { Change } from '../domain/lineage/change.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import type { Instant } from '../domain/time.ts';
import type { JsonObject } from '../domain/values/value.ts';
import type { FactRow } from '../ports/lineage-store.ts';
import type { FactDecision } from './command.ts';

/** What is known of a request before its command is decided. */
export interface FactRequest {
  readonly factId: string;
  readonly org: string;
  readonly actor: Actor;
  readonly operation: string;
  readonly idempotencyKey: string | null;
  readonly inputDigest: Digest | null;
  readonly personal: readonly SealedPersonal[];
}

export interface FactPlace {
  readonly index: LogIndex;
  readonly recordedAt: Instant;
  readonly outcome: Outcome;
}

export interface WrittenFact {
  readonly row: FactRow;
  readonly changes: readonly Change[];
  /** The body that must be durable in the object store before the fact is. */
  readonly body: Buffer | null;
}

/** Turns a decision into the fact that goes on record and the changes that follow from it. */
export function writeFact(
  decision: FactDecision,
  request: FactRequest,
  place: FactPlace,
): WrittenFact {
  checkData(decision.type, decision.data);
  checkPersonal(decision.type, request.personal);
  const envelope = envelopeOf(decision, request, place);
  const { bytes, body } = writeLeaf(envelope, decision.data);
  return {
    row: rowOf(envelope, request, { place, bytes }),
    changes: changesOf(envelope, { index: place.index, data: decision.data }),
    body,
  };
}

function envelopeOf(decision: FactDecision, request: FactRequest, place: FactPlace): LeafEnvelope {
  const { ref, kind, via, authAgeS, onBehalfOf } = request.actor;
  return {
    v: 1,
    id: request.factId,
    org: request.org,
    type: decision.type.type,
    typeVersion: decision.type.version,
    outcome: place.outcome,
    recordedAt: place.recordedAt,
    occurredAt: decision.occurredAt,
    actor: { ref, kind, via, authAgeS, onBehalfOf },
    projects: decision.projects,
    subject: decision.subject,
    policy: null,
    request: {
      operation: request.operation,
      idempotencyKey: request.idempotencyKey,
      inputDigest: request.inputDigest,
    },
    personal: request.personal.map(({ commitment }) => commitment),
  };
}

function rowOf(
  envelope: LeafEnvelope,
  request: FactRequest,
  { place, bytes }: { readonly place: FactPlace; readonly bytes: Buffer },
): FactRow {
  const key = place.outcome === 'allow' ? request.idempotencyKey : null;
  const { operation, actor } = request;
  return {
    index: place.index,
    id: envelope.id,
    type: envelope.type,
    outcome: envelope.outcome,
    actor: actor.ref,
    subject: envelope.subject?.id ?? null,
    projects: envelope.projects,
    recordedAt: envelope.recordedAt,
    leaf: bytes,
    sidecar: request.personal.map(({ person, box }) => ({ person, box })),
    idempotency: key === null ? null : { actor: actor.ref, operation, key },
  };
}

const SCHEMAS = new WeakMap<FactType, z.ZodType>();

/** Strict: a field that the type does not mark as leaf cannot slip into one. */
function checkData(type: FactType, data: JsonObject): void {
  let schema = SCHEMAS.get(type);
  if (!schema) {
    const marked = Object.entries(type.fields).filter(([, field]) => field.mark === 'leaf');
    schema = z.strictObject(
      Object.fromEntries(marked.map(([name, field]) => [name, strict(field.schema)])),
    );
    SCHEMAS.set(type, schema);
  }
  const checked = schema.safeParse(data);
  if (checked.success) return;
  throw new Error(`a fact ${type.type} does not fit its schema: ${checked.error.message}`);
}

function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.strict() : schema;
}

function checkPersonal(type: FactType, personal: readonly SealedPersonal[]): void {
  for (const field of personal.flatMap(({ commitment }) => commitment.fields)) {
    if (type.fields[field]?.mark !== 'personal') {
      throw new Error(`a fact ${type.type} has no personal field ${field}`);
    }
  }
}

import { createHash } from 'node:crypto';
import { type Leaf, type Outcome, parseLeaf } from '../../domain/audit/leaf.ts';
import type { LogIndex } from '../../domain/lineage/graph-rows.ts';
import type { Instant } from '../../domain/time.ts';
import type { Receipt } from '../../ledger/command.ts';
import type { FactRow } from '../../ports/lineage-store.ts';
import { mayReadFact } from '../../projections/readable-by.ts';
import type { GraphContext } from './graph-context.ts';

/** RFC 6962: a leaf is hashed behind this byte, so that no leaf passes for an inner node. */
const LEAF_PREFIX = Uint8Array.of(0);
const FACT_ID = /^fact:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A fact as readers see it. */
export interface ShownFact {
  readonly __typename: 'AuditEntry';
  readonly id: string;
  readonly index: LogIndex;
  readonly type: string;
  readonly outcome: Outcome;
  readonly recordedAt: Instant;
  readonly occurredAt: Instant;
  readonly via: string;
  readonly leafHash: string;
  readonly leaf: string;
  /** The parsed leaf, for the fields that follow from it. */
  readonly content: Leaf;
}

export function showFact({ index, leaf }: FactRow): ShownFact {
  const content = parseLeaf(leaf);
  const { id, type, outcome, recordedAt, occurredAt, actor } = content;
  return {
    __typename: 'AuditEntry',
    id: `fact:${id}`,
    index,
    type,
    outcome,
    recordedAt,
    occurredAt: occurredAt ?? recordedAt,
    via: actor.via,
    leafHash: createHash('sha256').update(LEAF_PREFIX).update(leaf).digest('base64'),
    leaf: Buffer.from(leaf).toString('base64'),
    content,
  };
}

/** The fact at an index, when the reader may see it. */
export async function showFactAt(
  index: LogIndex,
  { loaders, reader }: GraphContext,
): Promise<ShownFact | null> {
  const row = await loaders.fact.load(index);
  return row && mayReadFact(reader, row.projects) ? showFact(row) : null;
}

/**
 * Facts that hold more than their writer said: which of the datasets that were named were there
 * already. They are for who may read all of it, whoever wrote them.
 */
const TELLS_MORE: readonly string[] = ['lineage.recorded@2'];

/**
 * The fact that a write led to. What one did oneself is no secret; what was refused may be, and
 * so may be the fact that made something so before.
 */
export async function showWrittenFact(
  { index, outcome }: Pick<Receipt, 'index' | 'outcome'>,
  { loaders, reader }: GraphContext,
): Promise<ShownFact | null> {
  const row = await loaders.fact.load(index);
  if (!row) return null;
  const isMade = outcome !== 'unchanged' && row.outcome === 'allow';
  const { type, typeVersion } = parseLeaf(row.leaf);
  const tellsMore = TELLS_MORE.includes(`${type}@${typeVersion}`);
  const isOwn = isMade && !tellsMore && row.actor === reader.actor.ref;
  return isOwn || mayReadFact(reader, row.projects) ? showFact(row) : null;
}

/** The fact with a global id; undefined when the text is no fact's id. */
export async function showFactOfId(
  id: string,
  context: GraphContext,
): Promise<ShownFact | null | undefined> {
  const own = FACT_ID.exec(id)?.[1];
  if (own === undefined) return undefined;
  const scope = { all: true } as const;
  const [row] = await context.hub.store.facts({ ids: [own], order: 'oldest', limit: 1, scope });
  return row && mayReadFact(context.reader, row.projects) ? showFact(row) : null;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyDigestOf, parseLeaf, type ReadBody } from '../../src/domain/audit/leaf.ts';
import { type GraphDigests, digestGraph } from '../../src/ledger/graph-digest.ts';
import { replay } from '../../src/ledger/replay.ts';
import type { FactQuery, FactRow, LineageStore } from '../../src/ports/lineage-store.ts';

/** One line of a golden log: the exact leaf, and the body where it is kept apart. */
export interface GoldenFact {
  readonly leaf: string;
  readonly body: string | null;
}

export interface GoldenRelease {
  readonly release: string;
  readonly facts: readonly GoldenFact[];
  readonly digests: Pick<GraphDigests, 'state' | 'content' | 'nodes' | 'edges'>;
}

const FOLDER = import.meta.dirname;

/** Every release that left a golden log. */
export function goldenReleases(): GoldenRelease[] {
  return readdirSync(FOLDER)
    .filter((name) => existsSync(join(FOLDER, name, 'log.jsonl')))
    .map((release) => {
      const text = (file: string) => readFileSync(join(FOLDER, release, file), 'utf8');
      const lines = text('log.jsonl').trimEnd().split('\n');
      return {
        release,
        facts: lines.map((line) => JSON.parse(line) as GoldenFact),
        digests: JSON.parse(text('digests.json')),
      };
    });
}

/** Replays golden facts into an empty store and returns the digests of what comes out. */
export async function replayGolden(
  facts: readonly GoldenFact[],
  target: LineageStore,
): Promise<GraphDigests> {
  const rows = facts.map(({ leaf }, index) => rowOf(Buffer.from(leaf, 'utf8'), index));
  const bodies = new Map(
    facts.flatMap(({ leaf, body }) => {
      const digest = bodyDigestOf(parseLeaf(Buffer.from(leaf)));
      return digest && body ? [[digest, Buffer.from(body)] as const] : [];
    }),
  );
  const readBody: ReadBody = async (digest) => bodies.get(digest) ?? null;
  const store = {
    facts: async ({ from = 0, to = rows.length }: FactQuery) => rows.slice(from, to),
  } as unknown as LineageStore;
  const faults = await replay({ store, readBody }, target, { from: 0, to: rows.length });
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return digestGraph(target);
}

function rowOf(bytes: Buffer, index: number): FactRow {
  const leaf = parseLeaf(bytes);
  const { idempotencyKey: key, operation } = leaf.request;
  const keyed = key !== null && leaf.outcome === 'allow';
  return {
    index,
    id: leaf.id,
    type: leaf.type,
    outcome: leaf.outcome,
    actor: leaf.actor.ref,
    subject: leaf.subject?.id ?? null,
    projects: leaf.projects,
    recordedAt: leaf.recordedAt,
    leaf: bytes,
    sidecar: [],
    idempotency: keyed ? { actor: leaf.actor.ref, operation, key } : null,
  };
}

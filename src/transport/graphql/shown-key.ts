import type { ActorRef } from '../../domain/actor.ts';
import { RESTRICTED_NAME } from '../../domain/governance/actor-names.ts';
import { type KeyRecord, keyOf } from '../../domain/governance/permissions.ts';
import { instantFromMs } from '../../domain/time.ts';
import { mayReadScope } from '../../projections/readable-by.ts';
import type { GraphContext } from './graph-context.ts';
import type { ShownFact } from './shown-fact.ts';

/** A key as its owner and who manages the owner see it. */
export function showKey(key: KeyRecord, owner: ActorRef, { hub, reader }: GraphContext): KeyRecord {
  const { scope = null } = key;
  const now = instantFromMs(hub.clock.nowMs());
  const isSeen = scope === null || owner === reader.actor.ref || mayReadScope(reader, scope, now);
  return isSeen ? key : { ...key, scope: RESTRICTED_NAME };
}

/** The key that a fact made or ended, as it is now. */
export async function keyOfFact(
  fact: ShownFact | null,
  field: 'key' | 'replaces',
  context: GraphContext,
): Promise<KeyRecord> {
  const { agent, ...data } = recordsIn(fact);
  const row = await context.loaders.node.load(agent.id);
  const key = row && keyOf(row.props, String(data[field]?.id));
  if (!key) throw new Error(`the fact ${fact?.index} speaks of a key that is not on record`);
  return showKey(key, agent.id as ActorRef, context);
}

interface Records {
  readonly agent: { readonly id: string };
  readonly grant?: { readonly id: string };
  readonly key?: { readonly id: string };
  readonly replaces?: { readonly id: string };
}

/** What a fact about access names. Such facts are small, so their body is in the leaf. */
export function recordsIn(fact: ShownFact | null): Records {
  if (fact === null || !('data' in fact.content)) throw new Error('a fact about access is missing');
  return fact.content.data as unknown as Records;
}

import type { ActorRef } from '../domain/actor.ts';
import { DAMAGED, ERASED, personalRefOf } from '../domain/audit/personal.ts';
import { openPersonal } from '../domain/audit/sidecar.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import type { Json } from '../domain/values/value.ts';
import type { FactRow } from '../ports/lineage-store.ts';

/** Where facts with their sidecars and the keys of persons are read. */
export interface PersonalSource {
  fact(index: LogIndex): Promise<FactRow | null>;
  personKey(person: ActorRef): Promise<Uint8Array | null>;
}

/**
 * The text that a personal property stands for, joined when it is read: null when there is
 * none, the marker of erasure when the person's key is gone, and the marker of damage when the
 * key is there and the value is not, or does not open.
 */
export async function personalText(
  prop: Json | undefined,
  source: PersonalSource,
): Promise<string | null> {
  const ref = personalRefOf(prop);
  if (!ref) return null;
  const [fact, key] = await Promise.all([source.fact(ref.fact), source.personKey(ref.person)]);
  const box = fact?.sidecar.find(({ person }) => person === ref.person)?.box;
  if (!key) return ERASED;
  const values = fact && box && openPersonal(box, fact.id, { person: ref.person, key });
  // The key is there and does not open it: nobody erased this, somebody or something broke it.
  return values?.[ref.field] ?? DAMAGED;
}

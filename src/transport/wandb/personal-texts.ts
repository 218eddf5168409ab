import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { actorName } from '../../projections/actor-name.ts';
import { type PersonalSource, personalText } from '../../projections/personal-text.ts';
import type { Hub } from '../hub.ts';

/** The text behind a personal property of a node; null when there is none. */
export function personalTextOf(
  hub: Pick<Hub, 'store' | 'personKeys'>,
  props: JsonObject,
  field: string,
): Promise<string | null> {
  return personalText(props[field], sourceOf(hub));
}

/** The name by which an actor is shown; a person's is joined from the sidecar. */
export function shownNameOf(
  hub: Pick<Hub, 'store' | 'personKeys'>,
  agent: Pick<NodeRow, 'name' | 'props'>,
): Promise<string> {
  return actorName(agent, sourceOf(hub));
}

function sourceOf({ store, personKeys }: Pick<Hub, 'store' | 'personKeys'>): PersonalSource {
  return {
    fact: async (index) => {
      const scope = { all: true } as const;
      const [row] = await store.facts({ indexes: [index], order: 'oldest', limit: 1, scope });
      return row ?? null;
    },
    personKey: (person) => personKeys.find(person),
  };
}

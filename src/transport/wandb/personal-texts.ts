import type { JsonObject } from '../../domain/values/value.ts';
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

import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { countExceeded } from './limit-exceeded.ts';
import { SAME_NAME_PAIRS_MAX } from './limits.ts';

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * Counts the pairs of fields that answer under one name at one place. Validation compares each
 * two of them, with everything within, so that its time is that of the pairs and not that of the
 * document. No fragment may spread itself.
 */
export function checkSameNamePairs(definition: SelectionSetNode, fragments: Fragments): void {
  let pairs = 0;
  const left: SelectionSetNode[][] = [[definition]];
  for (let sets = left.pop(); sets !== undefined; sets = left.pop()) {
    for (const fields of fieldsByName(sets, fragments).values()) {
      pairs += (fields.length * (fields.length - 1)) / 2;
      left.push(fields.flatMap(({ selectionSet }) => selectionSet ?? []));
    }
    if (pairs > SAME_NAME_PAIRS_MAX) {
      throw countExceeded('pairs of fields of one name', pairs, SAME_NAME_PAIRS_MAX);
    }
  }
}

/** The fields of selections that are merged, those of fragments among them. */
function fieldsByName(
  sets: readonly SelectionSetNode[],
  fragments: Fragments,
): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  const left = [...sets];
  for (let set = left.pop(); set !== undefined; set = left.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) left.push(selection.selectionSet);
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const fields = found.get(name);
        if (fields) fields.push(selection);
        else found.set(name, [selection]);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD || spread.has(selection.name.value)) continue;
      spread.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment) left.push(fragment.selectionSet);
    }
  }
  return found;
}

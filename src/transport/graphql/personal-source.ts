import type { PersonalSource } from '../../projections/personal-text.ts';
import type { GraphContext } from './graph-context.ts';

export function personalSource({ loaders }: GraphContext): PersonalSource {
  return {
    fact: (index) => loaders.fact.load(index),
    personKey: (person) => loaders.personKey.load(person),
  };
}

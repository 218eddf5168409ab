import { DomainError } from '../../src/domain/errors.ts';
import type { Commit, HeadTransaction, LineageStore } from '../../src/ports/lineage-store.ts';

/** A store whose transactions the test can break; everything else is the real one. */
export function breaking(store: LineageStore, transact: LineageStore['transact']): LineageStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'transact') return transact;
      const member = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** Refuses every commit that holds a node with the word poison in its name. */
export function refusingPoison(store: LineageStore): LineageStore {
  const guarded = (tx: HeadTransaction): HeadTransaction => ({
    head: tx.head,
    load: (wants) => tx.load(wants),
    append: async (commit: Commit) => {
      if (commit.nodes.some(({ name }) => name.includes('poison'))) {
        throw new DomainError('INVALID_INPUT', 'the store cannot hold poison');
      }
      await tx.append(commit);
    },
  });
  return breaking(store, (work) => store.transact((tx) => work(guarded(tx))));
}

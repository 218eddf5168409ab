import type { LineageStore } from '../../src/ports/lineage-store.ts';
import type { Hub } from '../../src/transport/hub.ts';

export interface CountingHub {
  /** The same hub over a store that counts what is asked of it. */
  readonly hub: Hub;
  /** Calls of the store since the last look, by the name of the method. */
  calls(): Readonly<Record<string, number>>;
}

/** Counts the calls of a hub's store; everything else is the real thing. */
export function countingHub(hub: Hub): CountingHub {
  let counted: Record<string, number> = {};
  const store = new Proxy(hub.store, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        counted[String(name)] = (counted[String(name)] ?? 0) + 1;
        return member.apply(target, args);
      };
    },
  }) as LineageStore;
  const calls = () => {
    const sinceLast = counted;
    counted = {};
    return sinceLast;
  };
  return { hub: Object.assign(Object.create(hub), { store }), calls };
}

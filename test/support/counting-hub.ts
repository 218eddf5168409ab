import type { LineageStore } from '../../src/ports/lineage-store.ts';
import type { Hub } from '../../src/transport/hub.ts';

/** Calls since the last look, by the name of the method. */
export type Calls = () => Readonly<Record<string, number>>;

export interface CountingHub {
  /** The same hub over a store that counts what is asked of it. */
  readonly hub: Hub;
  /** Calls of the store. */
  readonly calls: Calls;
}

/** Counts the calls of a hub's store; everything else is the real thing. */
export function countingHub(hub: Hub): CountingHub {
  const { counted: store, calls } = counting<LineageStore>(hub.store);
  return { hub: Object.assign(Object.create(hub), { store }), calls };
}

/** The same thing, with its calls counted. */
export function counting<T extends object>(thing: T): { counted: T; calls: Calls } {
  let counts: Record<string, number> = {};
  const counted = new Proxy(thing, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        counts[String(name)] = (counts[String(name)] ?? 0) + 1;
        return member.apply(target, args);
      };
    },
  });
  const calls = () => {
    const sinceLast = counts;
    counts = {};
    return sinceLast;
  };
  return { counted, calls };
}

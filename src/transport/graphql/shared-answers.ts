/** Most answers that are kept for a request: more than its aliases and ids can ask for anew. */
export const SHARED_ANSWERS_MAX = 1_000;

/**
 * Answers of one request to what is asked in several places of it, under aliases or of nodes that
 * are named again and again. A key must hold everything that the answer depends on.
 */
export class SharedAnswers {
  readonly #answers = new Map<string, Promise<unknown>>();

  share<T>(key: readonly unknown[], make: () => Promise<T>): Promise<T> {
    const name = JSON.stringify(key);
    const known = this.#answers.get(name);
    if (known) return known as Promise<T>;
    const made = make();
    if (this.#answers.size < SHARED_ANSWERS_MAX) this.#answers.set(name, made);
    return made;
  }
}

/** Finds each thing once, however often it is named, and answers in the order of the names. */
export function eachOnce<K, T>(names: readonly K[], find: (name: K) => T): T[] {
  const found = new Map<K, T>();
  return names.map((name) => {
    if (!found.has(name)) found.set(name, find(name));
    return found.get(name) as T;
  });
}

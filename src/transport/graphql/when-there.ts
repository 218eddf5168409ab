/**
 * Goes on at once with what is there already: a promise for each field of each node of a large
 * answer costs more than the fields.
 */
export function whenThere<T, U>(value: T | Promise<T>, go: (value: T) => U): U | Promise<U> {
  return value instanceof Promise ? value.then(go) : go(value);
}

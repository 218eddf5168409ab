import { hasLoneSurrogate } from '../../domain/values/text.ts';
import type { Cell } from './driver.ts';

/** Collects the values of a statement and gives each its place. */
export class SqlValues {
  readonly #cells: Cell[] = [];

  get cells(): readonly Cell[] {
    return this.#cells;
  }

  number(value: number): string {
    return this.#add(value);
  }

  /**
   * A text to compare with. One that the store cannot hold becomes null, which equals nothing:
   * SQLite would cut it at its NUL and find what nobody asked for.
   */
  text(value: string): string {
    return this.#add(isStorable(value) ? value : null);
  }

  /** A list, as JSON for json_each. */
  list(values: readonly unknown[]): string {
    return this.#add(JSON.stringify(values));
  }

  #add(cell: Cell): string {
    this.#cells.push(cell);
    return `?${this.#cells.length}`;
  }
}

/** Whether SQLite can hold the text without changing it. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !hasLoneSurrogate(text);
}

/** `(select value from json_each(?))`: a list of texts or numbers to be `in`. */
export function listed(place: string): string {
  return `(select value from json_each(${place}))`;
}

/** Words for SQL text that come from a closed list of ours, quoted all the same. */
export function quoted(words: readonly string[]): string {
  return `(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')})`;
}

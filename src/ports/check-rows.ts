import { DomainError, invalidInput } from '../domain/errors.ts';
import type { LogIndex } from '../domain/lineage/graph-rows.ts';
import { checkText } from '../domain/values/text.ts';
import { type Commit, type Head, INDEXED_TEXT_LENGTH_MAX } from './lineage-store.ts';

/** What no lineage store can hold without changing it is refused here, for all of them alike. */

/** A text of at least one character: the empty text stands for null on the way back. */
export function filledText(text: string, field: string): string {
  if (text.length === 0) throw invalidInput(`${field} is empty`, { field });
  return indexedText(text, field);
}

export function indexedText(text: string, field: string): string {
  if (text.length > INDEXED_TEXT_LENGTH_MAX) {
    const fault = `${field} has ${text.length} characters, at most ${INDEXED_TEXT_LENGTH_MAX} fit`;
    throw invalidInput(fault, { field });
  }
  try {
    return checkText(text, field);
  } catch (cause) {
    throw invalidInput((cause as Error).message, { field });
  }
}

export function checkedIndex(index: LogIndex, field: string): number {
  if (Number.isSafeInteger(index) && index >= 0) return index;
  throw invalidInput(`${field} is no log index: ${index}`, { field });
}

/** Where the log ends after the commit; its facts must go on exactly where the log ended. */
export function headAfter(end: Head, { facts }: Commit): Head {
  let { size, recordedAt } = end;
  for (const fact of facts) {
    if (fact.index !== size) {
      throw new DomainError('INTERNAL', `fact ${fact.index} does not follow a log of ${size}`);
    }
    if (recordedAt !== null && fact.recordedAt < recordedAt) {
      throw new DomainError('INTERNAL', `fact ${fact.index} is recorded before the one before it`);
    }
    size += 1;
    recordedAt = fact.recordedAt;
  }
  return { size, recordedAt };
}

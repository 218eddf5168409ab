import { DomainError, invalidInput } from '../domain/errors.ts';
import { checkText } from '../domain/values/text.ts';
import {
  type ListedEntry,
  OPERATIONAL_KEY_BYTES_MAX,
  OPERATIONAL_PAGE_ENTRIES_MAX,
  OPERATIONAL_VALUE_BYTES_MAX,
  type OperationalPage,
  type OperationalSwap,
} from './operational-store.ts';

/** What every operational store refuses, before it does anything. */
export function checkKey(key: string): string {
  checkSize(Buffer.byteLength(key), OPERATIONAL_KEY_BYTES_MAX, 'the key');
  return checkText(key, 'the key of an operational entry');
}

export function checkValue(value: string): void {
  checkSize(Buffer.byteLength(value), OPERATIONAL_VALUE_BYTES_MAX, 'the value');
  checkText(value, 'the value of an operational entry');
}

export function checkSwap({ key, was, value }: OperationalSwap): void {
  checkKey(key);
  checkValue(value);
  if (was !== null) checkText(was, 'the value that an operational entry must have');
}

export function checkPage({ prefix, after, limit }: OperationalPage): void {
  checkText(prefix, 'the prefix of a page');
  if (after !== undefined) checkText(after, 'the key that a page goes on behind');
  if (!Number.isSafeInteger(limit) || limit < 1) throw invalidInput(`no page of ${limit} entries`);
  if (limit > OPERATIONAL_PAGE_ENTRIES_MAX) {
    throw new DomainError(
      'LIMIT_EXCEEDED',
      `a page of ${limit} entries; at most ${OPERATIONAL_PAGE_ENTRIES_MAX} are listed at once`,
      { details: { entriesMax: OPERATIONAL_PAGE_ENTRIES_MAX } },
    );
  }
}

/** The time at which an entry's life ends, in milliseconds since 1970; null when it never does. */
export function expiryOf(nowMs: number, lifeMs: number | undefined): number | null {
  if (lifeMs === undefined) return null;
  const expiresMs = Math.floor(nowMs) + Math.ceil(lifeMs);
  if (lifeMs >= 0 && Number.isSafeInteger(expiresMs)) return expiresMs;
  throw invalidInput(`an entry cannot live ${lifeMs} ms`);
}

function checkSize(bytes: number, bytesMax: number, what: string): void {
  if (bytes <= bytesMax) return;
  throw new DomainError(
    'LIMIT_EXCEEDED',
    `${what} of an operational entry has ${bytes} bytes, at most ${bytesMax} fit`,
    { details: { bytes, bytesMax } },
  );
}

/** A row of key, value and the end of its life, as stores keep them. */
export function listedEntry([key, value, endsAtMs]: readonly unknown[]): ListedEntry {
  const entry = { key: String(key), value: String(value) };
  return endsAtMs === null ? entry : { ...entry, endsAtMs: Number(endsAtMs) };
}

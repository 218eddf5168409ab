import { DomainError, invalidInput } from '../../domain/errors.ts';
import { RAW_EVENTS_PAGE_MAX } from '../../ports/raw-events.ts';

/** Most events of one batch. */
export const BATCH_EVENTS_MAX = RAW_EVENTS_PAGE_MAX;

const SPACE = /[ \t\n\r]*/y;
/** What changes the depth, parts items, or begins a text in which neither counts. */
const MARK = /[[\]{},"]/g;
const QUOTE_OR_ESCAPE = /["\\]/g;

/**
 * The items of a JSON array as their own texts, so that each is kept as it came and one that is
 * malformed fails alone.
 */
export function splitBatch(text: string): string[] {
  const [start, end] = [skipSpace(text, 0) + 1, text.trimEnd().length - 1];
  if (text[start - 1] !== '[' || text[end] !== ']' || end < start) {
    throw invalidInput('a batch is a JSON array of events');
  }
  const items: string[] = [];
  let from = start;
  for (const comma of [...commasOf(text, start, end), end]) {
    if (items.length === BATCH_EVENTS_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `a batch has at most ${BATCH_EVENTS_MAX} events`);
    }
    items.push(text.slice(from, comma).trim());
    from = comma + 1;
  }
  return items.length === 1 && items[0] === '' ? [] : items;
}

/** Where the commas are that stand between items. */
function* commasOf(text: string, start: number, end: number): Generator<number> {
  let depth = 0;
  MARK.lastIndex = start;
  for (let found = MARK.exec(text); found !== null; found = MARK.exec(text)) {
    const [mark] = found;
    if (found.index >= end) break;
    if (mark === '"') MARK.lastIndex = textEnd(text, MARK.lastIndex);
    else if (mark === '[' || mark === '{') depth += 1;
    else if (mark !== ',') depth -= 1;
    else if (depth === 0) {
      const at = MARK.lastIndex;
      yield found.index;
      MARK.lastIndex = at;
    }
    if (depth < 0) throw invalidInput('the batch is malformed JSON: a bracket closes too much');
  }
  if (depth !== 0) throw invalidInput('the batch is malformed JSON: a bracket is not closed');
}

/** Behind the quote that ends a text. */
function textEnd(text: string, start: number): number {
  QUOTE_OR_ESCAPE.lastIndex = start;
  for (;;) {
    const found = QUOTE_OR_ESCAPE.exec(text);
    if (found === null) throw invalidInput('the batch is malformed JSON: a text has no end');
    if (found[0] === '"') return found.index + 1;
    QUOTE_OR_ESCAPE.lastIndex = found.index + 2;
  }
}

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
}

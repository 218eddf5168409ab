import { stdSerializers } from 'pino';

/** What stands in a log line where a secret was. */
export const REDACTED = '[redacted]';
/** Deeper values than this are not logged; a log line is no place for trees. */
export const LOG_DEPTH_MAX = 6;
/** More items of one list or object than this are not logged. */
export const LOG_ITEMS_MAX = 200;

const SECRET_NAME = new RegExp(
  [
    'authorization|cookie|passw(or)?d|passphrase|secret|credential|bearer',
    '(^|[-_])tokens?$|[a-z]Token$',
    '(api|admin|sign[-_]?in|private|signing|access|person)[-_]?key',
    '^keys?$',
  ].join('|'),
  'i',
);

const SECRET_TEXTS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bledgerline[-_][A-Za-z0-9_]{20,}/g, REDACTED],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/_.=~-]{8,}/gi, `$1 ${REDACTED}`],
  [/([?&](?:signature|sig|token|key|secret)=)[^&\s"']+/gi, `$1${REDACTED}`],
  [/(\/\/[^/\s:@]*:)[^/\s@]+@/g, `$1${REDACTED}@`],
];

/** The text without what looks like an API key, a credential of a header or of a URL. */
export function textWithoutSecrets(text: string): string {
  return SECRET_TEXTS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}

/**
 * A copy that is fit for the log: values whose names speak of secrets are replaced at any depth,
 * which a list of fixed paths would miss. Errors become what a reader needs of them.
 */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return textWithoutSecrets(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= LOG_DEPTH_MAX) return '[deeper]';
  if (value instanceof Error) return objectWithoutSecrets(stdSerializers.err(value), depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) {
    return value.slice(0, LOG_ITEMS_MAX).map((item) => withoutSecrets(item, depth + 1));
  }
  return objectWithoutSecrets(value, depth);
}

function objectWithoutSecrets(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, item] of entriesOf(value)) {
    copy[name] = SECRET_NAME.test(name) ? REDACTED : withoutSecrets(item, depth + 1);
  }
  return copy;
}

/** Own and inherited enumerable properties: a serialized error keeps some on its prototype. */
function entriesOf(value: object): Array<readonly [string, unknown]> {
  const entries: Array<readonly [string, unknown]> = [];
  for (const name in value) {
    if (entries.length >= LOG_ITEMS_MAX) break;
    if (name !== 'raw') entries.push([name, (value as Record<string, unknown>)[name]]);
  }
  return entries;
}

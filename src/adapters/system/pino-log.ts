import { type DestinationStream, destination, pino } from 'pino';
import type { Log, LogFields } from '../../ports/log.ts';
import { textWithoutSecrets, withoutSecrets } from './without-secrets.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const STDERR = 2;

/**
 * JSON lines on stderr, so that stdout stays for people. Lines are written at once, not buffered:
 * the last words before a crash are the ones that matter.
 */
export function openLog(level: LogLevel, to: DestinationStream = stderr()): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to);
  const clean = (fields: LogFields) => withoutSecrets(fields) as LogFields;
  return {
    info: (fields, message) => logger.info(clean(fields), textWithoutSecrets(message)),
    warn: (fields, message) => logger.warn(clean(fields), textWithoutSecrets(message)),
    error: (fields, message) => logger.error(clean(fields), textWithoutSecrets(message)),
  };
}

function stderr(): DestinationStream {
  return destination({ fd: STDERR, sync: true });
}

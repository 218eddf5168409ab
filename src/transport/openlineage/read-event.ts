import type { Digest } from '../../domain/digest.ts';
import { DomainError, invalidInput, isDomainError } from '../../domain/errors.ts';
import { parseLosslessJson } from '../../domain/values/lossless-json.ts';
import {
  type OpenLineageEvent,
  parseOpenLineageEvent,
} from '../../wire/openlineage/parse-event.ts';
import { toldPartsOf } from '../../wire/openlineage/told-parts.ts';

/** What the door needs to know of an event. */
export interface ReadEvent {
  readonly digest: Digest;
  /** Of its job, or of its dataset where it has no job. */
  readonly namespace: string;
}

/**
 * Reads an event as the worker will, so that nothing is acknowledged that could not be recorded.
 * What is wrong with it is INVALID_INPUT or LIMIT_EXCEEDED, with its path in the details.
 */
export function readEvent(text: string): ReadEvent {
  try {
    const event = parseOpenLineageEvent(parseLosslessJson(text));
    toldPartsOf(event);
    return { digest: event.digest, namespace: namespaceOf(event) };
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'INVALID_EVENT') throw error;
    throw new DomainError('INVALID_INPUT', error.message, { details: error.details });
  }
}

function namespaceOf({ job, datasets }: OpenLineageEvent): string {
  return job?.namespace ?? datasets[0]?.namespace ?? '';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

export function textOfBody(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw invalidInput('the body is not UTF-8 text');
  }
}

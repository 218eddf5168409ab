import type { Actor } from '../../../src/domain/actor.ts';
import { sha256 } from '../../../src/domain/digest.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import type { NewRawEvent } from '../../../src/ports/raw-events.ts';

export const SENDER: Actor = {
  ref: 'act:11111111-1111-4111-8111-111111111111',
  kind: 'SERVICE',
  via: 'key_of_a_pipeline',
  authAgeS: null,
  onBehalfOf: null,
};

/** An event as a door keeps it. Its digest is that of its bytes, so that tests can check both. */
export function rawEvent({
  bytes = Buffer.from('{}'),
  receivedAt = instantFromMs(Date.now()),
}: Partial<Pick<NewRawEvent, 'bytes' | 'receivedAt'>> = {}): NewRawEvent {
  const project = { team: 'main', project: 'Bögen ☂' };
  return { door: 'openlineage', sender: SENDER, project, receivedAt, digest: sha256(bytes), bytes };
}

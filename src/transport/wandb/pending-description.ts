import type { ActorRef } from '../../domain/actor.ts';
import { openPersonal, SIDECAR_CHANCE_BYTES, sealPersonal } from '../../domain/audit/sidecar.ts';
import type { Hub } from '../hub.ts';

const FIELD = 'description';

interface Upload {
  readonly uuid: string;
  /** Who wrote the description. */
  readonly actor: ActorRef;
}

/**
 * What a person says of a version while it is being uploaded, in the form in which it may lie in
 * the operational store: encrypted under the person's key and bound to the upload, so that
 * erasing the person takes it too. Base64.
 */
export async function sealDescription(
  { personKeys, ids }: Pick<Hub, 'personKeys' | 'ids'>,
  { uuid, actor }: Upload,
  text: string,
): Promise<string> {
  const values = { person: actor, values: { [FIELD]: text } };
  const chance = ids.bytes(SIDECAR_CHANCE_BYTES);
  const { box } = sealPersonal(values, uuid, { key: await personKeys.obtain(actor), chance });
  return box.toString('base64');
}

/** The description of an upload; null when it has none, or its writer was erased since. */
export async function openDescription(
  { personKeys }: Pick<Hub, 'personKeys'>,
  { uuid, actor, sealedDescription }: Upload & { readonly sealedDescription: string | null },
): Promise<string | null> {
  const key = sealedDescription === null ? null : await personKeys.find(actor);
  if (sealedDescription === null || key === null) return null;
  const box = Buffer.from(sealedDescription, 'base64');
  return openPersonal(box, uuid, { person: actor, key })?.[FIELD] ?? null;
}

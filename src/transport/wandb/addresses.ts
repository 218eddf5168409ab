import { SIGNED_LINK_LIFE_MS, signLink } from '../http/signed-links.ts';
import type { Hub } from '../hub.ts';

/** Where the door stands, below the hub's public address. */
export const WANDB_PREFIX = '/wandb';

/** What a signed address of this door is for. */
export const UPLOAD_ARTIFACT_FILE = 'wandb-artifact-file';
export const UPLOAD_ARTIFACT_PART = 'wandb-artifact-part';
export const UPLOAD_ARTIFACT_MANIFEST = 'wandb-artifact-manifest';
export const UPLOAD_RUN_FILE = 'wandb-run-file';
export const DOWNLOAD_OBJECT = 'wandb-download';
export const DOWNLOAD_MANIFEST = 'wandb-manifest';

type AddressHub = Pick<Hub, 'publicUrl' | 'linkSecret' | 'clock'>;

/**
 * An absolute address that carries its own permission: the SDK sends no key when it uploads or
 * downloads bytes.
 */
export function signedAddress(
  hub: AddressHub,
  purpose: string,
  claims: Readonly<Record<string, string | number | null>>,
): string {
  const expiresMs = hub.clock.nowMs() + SIGNED_LINK_LIFE_MS;
  const token = signLink({ ...claims, purpose, expiresMs }, hub.linkSecret);
  return `${hub.publicUrl}${WANDB_PREFIX}/${purpose}/${token}`;
}

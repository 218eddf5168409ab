import { sha256 } from '../../domain/digest.ts';
import { canonicalJson } from '../../domain/values/canonical-json.ts';
import type { GraphContext } from './graph-context.ts';

/** Letters and digits of a name that the hub makes for a run. */
export const RUN_NAME_LENGTH = 8;
const BASE = 36;
const CHANCE_BYTES = 8;

/**
 * A name for a run that came without one. With an idempotency key it follows from the key, so
 * that the same request sent again asks for the same run.
 */
export function nameForRun(
  { project, key }: { readonly project: string; readonly key: string | null | undefined },
  { hub, reader }: GraphContext,
): string {
  if (key == null) return base36(hub.ids.bytes(CHANCE_BYTES));
  const seed = sha256(canonicalJson(['run-name', reader.actor.ref, project, key]));
  return base36(Buffer.from(seed.slice('sha256:'.length), 'hex').subarray(0, CHANCE_BYTES));
}

function base36(bytes: Buffer): string {
  const text = bytes.readBigUInt64BE().toString(BASE);
  return text.padStart(RUN_NAME_LENGTH, '0').slice(-RUN_NAME_LENGTH);
}

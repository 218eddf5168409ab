/** Bytes of chance in a fact's id. */
export const FACT_ID_CHANCE_BYTES = 10;

const VERSION_7 = 0x70;
const VARIANT = 0x80;

/**
 * A UUID of version 7 (RFC 9562): the time in milliseconds, then chance. Facts that come one after
 * the other have ids that lie side by side, which keeps the writes to a store's index together.
 */
export function factIdOf(nowMs: number, chance: Uint8Array): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, Math.floor(nowMs)), 0, 6);
  bytes.set(chance.subarray(0, FACT_ID_CHANCE_BYTES), 6);
  bytes[6] = VERSION_7 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = VARIANT | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

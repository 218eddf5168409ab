import { randomFillSync, randomUUID } from 'node:crypto';
import type { Ids } from '../../ports/ids.ts';

/** Chance is fetched from the operating system in blocks of this many bytes. */
const BLOCK_BYTES = 8_192;

const block = Buffer.alloc(BLOCK_BYTES);
let used = BLOCK_BYTES;

/** Chance from the operating system's generator, fit for keys. */
export const systemIds: Ids = {
  uuid: () => randomUUID(),
  bytes(count) {
    const taken = Buffer.alloc(count);
    if (count > BLOCK_BYTES) return randomFillSync(taken);
    if (used + count > BLOCK_BYTES) {
      randomFillSync(block);
      used = 0;
    }
    block.copy(taken, 0, used, used + count);
    // What was given out is not kept: it may have become a key.
    block.fill(0, used, used + count);
    used += count;
    return taken;
  },
};

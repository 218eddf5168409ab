import { randomBytes, randomUUID } from 'node:crypto';
import type { Ids } from '../../ports/ids.ts';

/** Chance from the operating system's generator, fit for keys. */
export const systemIds: Ids = {
  uuid: () => randomUUID(),
  bytes: (count) => randomBytes(count),
};

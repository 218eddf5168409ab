import type { Database } from './driver.ts';
import { applyNumbered } from './numbered-schema.ts';

/** Brings the operational store's tables to the newest version. */
export function migrateOperational(database: Database): void {
  applyNumbered(database, { folder: 'sqlite-operational', owner: 'the operational store' });
}

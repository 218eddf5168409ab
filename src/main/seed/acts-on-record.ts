import { parseLeaf } from '../../domain/audit/leaf.ts';
import { type Connection, LIST_LIMIT_MAX, pagesOf } from '../client/connection-pages.ts';
import type { HubClient } from '../client/hub-client.ts';
import { keyPrefix } from './act.ts';

/** A fact of the log that an act of a scenario led to. */
export interface ActOnRecord {
  readonly index: number;
  readonly recordedAt: string;
  /** Id of what it made or was about. */
  readonly subject: string | null;
  readonly refused: 'yes' | 'no';
}

interface Entry {
  readonly index: number;
  readonly outcome: string;
  readonly recordedAt: string;
  readonly subjectId: string | null;
  readonly leaf: string;
}

/** Types of fact that say who there is and who may do what. */
const ACCESS_TYPES = [
  'team.created',
  'serviceAccount.created',
  'person.created',
  'project.created',
  'role.granted',
];

/**
 * The acts of a scenario that the log holds, by their names. The log tells them by their
 * idempotency keys, so that what is on record is never asked for again, whatever became of it.
 */
export async function accessOnRecord(hub: HubClient, scenario: string) {
  return onRecord(hub, { types: ACCESS_TYPES }, scenario);
}

/** The same of what one account did. */
export async function actsOnRecordOf(hub: HubClient, actor: string, scenario: string) {
  return onRecord(hub, { actor }, scenario);
}

async function onRecord(
  hub: HubClient,
  filter: Readonly<Record<string, unknown>>,
  scenario: string,
): Promise<Map<string, ActOnRecord>> {
  const found = new Map<string, ActOnRecord>();
  const prefix = keyPrefix(scenario);
  const entries = pagesOf(async (page) => {
    const { auditLog } = await hub.ask<{ auditLog: Connection<Entry> }>('auditLeaves', {
      filter,
      ...page,
    });
    return auditLog;
  }, LIST_LIMIT_MAX);
  for await (const { index, outcome, recordedAt, subjectId: subject, leaf } of entries) {
    const { idempotencyKey } = parseLeaf(Buffer.from(leaf, 'base64')).request;
    if (!idempotencyKey?.startsWith(prefix)) continue;
    const refused = outcome === 'DENY' ? 'yes' : 'no';
    const name = idempotencyKey.slice(prefix.length);
    found.set(name, { index, recordedAt, subject, refused });
  }
  return found;
}

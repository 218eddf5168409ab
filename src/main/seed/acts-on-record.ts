import { parseLeaf } from '../../domain/audit/leaf.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import { ClientError } from '../client/client-error.ts';
import { type Connection, LIST_LIMIT_MAX, pagesOf } from '../client/connection-pages.ts';
import type { DocumentName } from '../client/documents.ts';
import type { HubClient } from '../client/hub-client.ts';
import { type Act, type Known, keyPrefix } from './act.ts';

/** A fact of the log that an act of a scenario led to. */
export interface ActOnRecord {
  readonly index: number;
  readonly recordedAt: string;
  /** Id of what it made or was about. */
  readonly subject: string | null;
  /** Type of the fact. */
  readonly type: string;
  /** What the leaf holds of the fact; null where that is too large to stand in it. */
  readonly body: JsonObject | null;
}

interface Entry {
  readonly index: number;
  readonly outcome: string;
  readonly recordedAt: string;
  readonly subjectId: string | null;
  readonly leaf: string;
}

/** The types of fact that the acts of a scenario are to lead to. */
const TYPES: Readonly<Partial<Record<DocumentName, string>>> = {
  createTeam: 'team.created',
  createServiceAccount: 'serviceAccount.created',
  createPerson: 'person.created',
  createProject: 'project.created',
  grant: 'role.granted',
  registerVersion: 'version.registered',
  createRun: 'run.created',
  recordLineage: 'lineage.recorded',
  finishRun: 'run.finished',
  setAlias: 'aliases.changed',
  register: 'registration.created',
};
const REFUSED_TYPE = 'command.refused';
/** How the log calls what is done by a mutation of another name. */
const OPERATIONS: Readonly<Partial<Record<DocumentName, string>>> = { setAlias: 'setAliases' };

/**
 * What one actor did of a scenario, as the log tells it by idempotency keys, so that what is on
 * record is never asked for again, whatever became of it. Anybody can send any key, so a key in
 * the facts of somebody else says nothing.
 */
export class ActsOnRecord {
  readonly #found: ReadonlyMap<string, ActOnRecord>;

  private constructor(found: ReadonlyMap<string, ActOnRecord>) {
    this.#found = found;
  }

  static async of(hub: HubClient, actor: string, scenario: string): Promise<ActsOnRecord> {
    const found = new Map<string, ActOnRecord>();
    const prefix = keyPrefix(scenario);
    for await (const entry of entries(hub, actor)) {
      const { index, outcome, recordedAt, subjectId: subject, leaf } = entry;
      const { request, type, actor: by, ...rest } = parseLeaf(Buffer.from(leaf, 'base64'));
      const { operation, idempotencyKey } = request;
      if (by.ref !== actor || !idempotencyKey?.startsWith(prefix)) continue;
      const body = 'data' in rest ? rest.data : null;
      const name = idempotencyKey.slice(prefix.length);
      const place = placeOf({ outcome, operation, name });
      found.set(place, { index, recordedAt, subject, type, body });
    }
    return new ActsOnRecord(found);
  }

  /** The fact of an act, if the log has it. What was refused against its intention is not done. */
  find({ name, document, refused, says }: Act, known: Known): ActOnRecord | null {
    const outcome = refused === null ? 'ALLOW' : 'DENY';
    const operation = OPERATIONS[document] ?? document;
    const found = this.#found.get(placeOf({ outcome, operation, name }));
    if (!found) return null;
    const type = refused === null ? TYPES[document] : REFUSED_TYPE;
    const fits = found.type === type && (!says || holds(found.body, says(known)));
    if (fits) return found;
    throw new ClientError(
      `the fact ${found.index}, of the type ${found.type}, bears the idempotency key of the act ` +
        `${name} and is of something else; nothing is built on it`,
    );
  }
}

function entries(hub: HubClient, actor: string): AsyncIterable<Entry> {
  return pagesOf(async (page) => {
    const { auditLog } = await hub.ask<{ auditLog: Connection<Entry> }>('auditLeaves', {
      filter: { actor, types: [...Object.values(TYPES), REFUSED_TYPE] },
      ...page,
    });
    return auditLog;
  }, LIST_LIMIT_MAX);
}

function placeOf(of: { outcome: string; operation: string; name: string }): string {
  return `${of.outcome} ${of.operation} ${of.name}`;
}

/** Whether all that is wanted is there, however much else is. */
function holds(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  if (typeof found !== 'object' || found === null) return false;
  const parts = found as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(([key, part]) => holds(parts[key], part));
}

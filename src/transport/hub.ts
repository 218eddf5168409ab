import type { NamespaceTable } from '../domain/governance/namespace-table.ts';
import type { RoleTable } from '../domain/governance/permissions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import type { PersonKeys } from '../ports/person-keys.ts';
import type { RawEvents } from '../ports/raw-events.ts';
import type { TelemetryStore } from '../ports/telemetry-store.ts';

/** What every door works with. `main` puts it together. */
export interface Hub {
  readonly org: string;
  /** The team of clients that name none. */
  readonly defaultTeam: string;
  /** Base of the absolute addresses that the hub hands out, without a slash at the end. */
  readonly publicUrl: string;
  /** What each role permits, as policies/roles.yaml says. */
  readonly roles: RoleTable;
  /** Which project a namespace of datasets belongs to, as policies/namespaces.yaml says. */
  readonly namespaces: NamespaceTable;
  readonly ledger: Ledger;
  readonly store: LineageStore;
  readonly objects: ObjectStore;
  readonly telemetry: TelemetryStore;
  readonly operational: OperationalStore;
  readonly accessLog: AccessLog;
  readonly personKeys: PersonKeys;
  readonly rawEvents: RawEvents;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Secret of this hub for addresses and opaque ids that it signs. */
  readonly linkSecret: Buffer;
}

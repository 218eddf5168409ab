import { createProject } from '../commands/create-project.ts';
import { openLineageSubmissions } from '../commands/openlineage-submissions.ts';
import { recordOpenLineage } from '../commands/record-openlineage.ts';
import { DomainError, isDomainError } from '../domain/errors.ts';
import type { NamespaceTable } from '../domain/governance/namespace-table.ts';
import { projectId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { ToldPart } from '../domain/lineage/told-event.ts';
import { parseLosslessJson } from '../domain/values/lossless-json.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { refOfRawJob } from '../ledger/raw-job.ts';
import type { Job, JobQueue, Working, WorkOptions } from '../ports/job-queue.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { RawEvent, RawEvents } from '../ports/raw-events.ts';
import { parseOpenLineageEvent } from '../wire/openlineage/parse-event.ts';
import { toldPartsOf } from '../wire/openlineage/told-parts.ts';

/**
 * So many events in hand fill a batch of the ledger. What passes by itself is tried again for
 * hours: a graph store may be away that long, and nothing that was acknowledged may be lost.
 */
export const OPENLINEAGE_WORK: WorkOptions = {
  concurrency: 128,
  attemptsMax: 200,
  backoffMs: 500,
  backoffMsMax: 60_000,
  leaseMs: 5_000,
};
/** How long one attempt waits for a store that is away, and between two looks, in milliseconds. */
export const AWAY_WAIT_MS = 60_000;
export const AWAY_PAUSE_MS = 500;
/** Projects that are known to be there; none goes away again. */
const PROJECTS_KNOWN_MAX = 10_000;

export interface OpenLineageWorkerParts {
  readonly org: string;
  readonly rawEvents: RawEvents;
  readonly queue: JobQueue;
  readonly ledger: Ledger;
  readonly store: LineageStore;
  readonly namespaces: NamespaceTable;
}

/** Puts the events that the door took on record, under the rights that their senders have now. */
export class OpenLineageWorker implements Working {
  readonly #parts: OpenLineageWorkerParts;
  readonly #working: Working;
  readonly #projects = new Set<NodeId>();
  #state: 'working' | 'draining' = 'working';

  constructor(parts: OpenLineageWorkerParts, options = OPENLINEAGE_WORK) {
    this.#parts = parts;
    this.#working = parts.queue.work('openlineage', (job) => this.#handle(job), options);
  }

  drain(): Promise<void> {
    this.#state = 'draining';
    return this.#working.drain();
  }

  /** While a store is away the events in hand wait, so that those behind them keep their tries. */
  async #handle(job: Job): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += AWAY_PAUSE_MS) {
      try {
        return await this.#record(refOfRawJob(job.payload));
      } catch (error) {
        const isOver = waitedMs >= AWAY_WAIT_MS || this.#state === 'draining';
        if (isOver || !isPassing(error)) throw error;
        await new Promise((wake) => setTimeout(wake, AWAY_PAUSE_MS));
      }
    }
  }

  async #record(ref: string): Promise<void> {
    const raw = await this.#parts.rawEvents.read(ref);
    if (raw === null) {
      throw new DomainError('NOT_FOUND', 'the event is not kept any more');
    }
    const { org, ledger } = this.#parts;
    const parts = partsOf(raw);
    const project = projectId(org, raw.project);
    await this.#obtainProject(project, raw);
    const { sender } = raw;
    const told = { project, owners: this.#ownersOf(parts), sender };
    for (const { input, idempotencyKey } of openLineageSubmissions(parts, told)) {
      await ledger.submit({
        command: recordOpenLineage,
        input,
        actor: sender,
        idempotencyKey,
        lane: 'bulk',
      });
    }
  }

  /** Projects are made on first use, by those who may. */
  async #obtainProject(id: NodeId, { project, sender }: RawEvent): Promise<void> {
    if (this.#projects.has(id)) return;
    const { store, ledger } = this.#parts;
    const [row] = await store.get([id]);
    if (!row) {
      const input = { ...project, ifExists: 'return' } as const;
      await ledger.submit({ command: createProject, input, actor: sender, lane: 'bulk' });
    }
    if (this.#projects.size >= PROJECTS_KNOWN_MAX) this.#projects.clear();
    this.#projects.add(id);
  }

  #ownersOf(parts: readonly ToldPart[]): ReadonlyMap<string, NodeId> {
    const { org, namespaces } = this.#parts;
    const names = new Set(parts.flatMap(({ event }) => event.ends.flatMap(namespacesOf)));
    const owners = new Map<string, NodeId>();
    for (const name of [...names].sort()) {
      const owner = namespaces.ownerOf(name);
      if (owner !== null) owners.set(name, projectId(org, owner));
    }
    return owners;
  }
}

function namespacesOf(end: ToldPart['event']['ends'][number]): string[] {
  const others = [...(end.symlinks ?? []), ...end.columnDatasets];
  return [end.namespace, ...others.map(({ namespace }) => namespace)];
}

/** What was kept is what was checked at the door; anything else is nothing to be recorded. */
function partsOf({ bytes, digest, ref }: RawEvent): ToldPart[] {
  const event = parseOpenLineageEvent(parseLosslessJson(Buffer.from(bytes).toString('utf8')));
  if (event.digest === digest) return toldPartsOf(event);
  throw new DomainError('INVALID_EVENT', `the event ${ref} is not the one that was taken`);
}

function isPassing(error: unknown): boolean {
  return isDomainError(error) && (error.code === 'UNAVAILABLE' || error.code === 'BACKPRESSURE');
}

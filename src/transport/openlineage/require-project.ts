import { DomainError } from '../../domain/errors.ts';
import { isPermitted, type Permission } from '../../domain/governance/permissions.ts';
import { type ProjectName, projectId, teamId } from '../../domain/lineage/names.ts';
import { instantFromMs } from '../../domain/time.ts';
import { refusalOf } from '../../ledger/authorize.ts';
import type { Hub } from '../hub.ts';
import type { Sender, Senders } from './senders.ts';

/** Projects that are known to be there; none goes away again. */
export const PROJECTS_KNOWN_MAX = 10_000;
/** What a refusal and its record call the request. */
export const OPERATION = 'recordOpenLineage';

type RightsHub = Pick<Hub, 'org' | 'store' | 'ledger' | 'clock'>;

/** Refuses who may not record in a project, and who may not make one that is not there yet. */
export class RequiredProjects {
  readonly #hub: RightsHub;
  readonly #senders: Senders;
  readonly #known = new Set<string>();

  constructor(hub: RightsHub, senders: Senders) {
    this.#hub = hub;
    this.#senders = senders;
  }

  /**
   * The worker makes a project that is missing when it records the first event. While the graph
   * store is away nobody can tell whether it is; the right to record must do until then.
   */
  async require(sender: Sender, project: ProjectName): Promise<void> {
    await this.#permit('record.write', sender, project);
    if (sender.graph === 'away' || (await this.#isThere(project))) return;
    await this.#permit('project.create', sender, project);
  }

  /** Whether it is there or not known. A team that is not there is the sender's mistake. */
  async #isThere(place: ProjectName): Promise<boolean> {
    const { org, store } = this.#hub;
    const [id, team] = [projectId(org, place), teamId(org, place.team)];
    if (this.#known.has(id)) return true;
    const rows = await this.#senders.look(() => store.get([id, team]));
    if (rows === null) return true;
    if (rows[1] === null) {
      throw new DomainError('NOT_FOUND', `there is no team ${JSON.stringify(place.team)}`);
    }
    if (rows[0] === null) return false;
    if (this.#known.size >= PROJECTS_KNOWN_MAX) this.#known.clear();
    this.#known.add(id);
    return true;
  }

  async #permit(permission: Permission, sender: Sender, project: ProjectName): Promise<void> {
    const { org, ledger, clock } = this.#hub;
    const { actor, access } = sender;
    const now = instantFromMs(clock.nowMs());
    if (isPermitted(access, permission, { place: project, now })) return;
    const error = refusalOf(OPERATION, { permission, at: project }, { access, now });
    const about = [projectId(org, project)];
    await ledger.refuse({ operation: OPERATION, actor, error, about });
    throw error;
  }
}

import type { Actor } from '../../domain/actor.ts';
import type { ThinNode } from '../../domain/lineage/graph-rows.ts';
import {
  type AccessDoor,
  type AccessKind,
  type AccessLog,
  isNotedKind,
} from '../../ports/access-log.ts';

/** What tells of a node whether, and where, its reading is noted. */
export type ReadNode = Pick<ThinNode, 'id' | 'kind' | 'project'>;

export interface NoteSource {
  readonly accessLog: AccessLog;
  readonly door: AccessDoor;
}

/** What one request reads, each thing noted once. The hub's own reading is not noted. */
export class AccessNotes {
  readonly #actor: Actor;
  readonly #source: NoteSource;
  readonly #noted = { RECORD: new Set<string>(), BYTES: new Set<string>() };

  constructor(actor: Actor, source: NoteSource) {
    this.#actor = actor;
    this.#source = source;
  }

  /** Its details were opened, by who may read it. */
  opened(node: ReadNode): void {
    this.#note(node, 'RECORD');
  }

  /** Its bytes, or an address for them, were handed out. */
  handedOut(node: ReadNode): void {
    this.#note(node, 'BYTES');
  }

  #note({ id, kind, project }: ReadNode, how: AccessKind): void {
    const noted = this.#noted[how];
    if (noted.has(id) || !isNotedKind(kind) || this.#actor.kind === 'SYSTEM') return;
    noted.add(id);
    const { ref: actor, via } = this.#actor;
    const { accessLog, door } = this.#source;
    accessLog.note({ actor, via, subject: id, project, how, door });
  }
}

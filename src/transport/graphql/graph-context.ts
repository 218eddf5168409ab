import type { KeptManifests } from '../../projections/kept-manifests.ts';
import type { KeptWalks } from '../../projections/kept-walks.ts';
import type { Reader } from '../../projections/readable-by.ts';
import { AccessNotes } from '../http/access-notes.ts';
import type { Hub } from '../hub.ts';
import { type Loaders, loadersFor } from './loaders.ts';
import { RequestWork } from './request-work.ts';

/** What outlives requests, for all readers. */
export interface Kept {
  /** Walks that readers page through. */
  readonly walks: KeptWalks;
  readonly manifests: KeptManifests;
}

/** What the resolvers of one request work with. A write renews the reader and the loaders. */
export interface GraphContext {
  readonly hub: Hub;
  reader: Reader;
  loaders: Loaders;
  readonly kept: Kept;
  /** What the request has taken of the work that it may cause. */
  readonly work: RequestWork;
  /** What the request reads, for the access log. */
  readonly notes: AccessNotes;
}

export function graphContext(hub: Hub, reader: Reader, kept: Kept): GraphContext {
  const { accessLog } = hub;
  const notes = new AccessNotes(reader.actor, { accessLog, door: 'GRAPHQL' });
  const work = new RequestWork();
  return { hub, reader, loaders: loadersFor(hub, reader, work), kept, work, notes };
}

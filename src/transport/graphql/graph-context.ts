import type { KeptWalks } from '../../projections/kept-walks.ts';
import type { Reader } from '../../projections/readable-by.ts';
import { AccessNotes } from '../http/access-notes.ts';
import type { Hub } from '../hub.ts';
import { type Loaders, loadersFor } from './loaders.ts';

/** What the resolvers of one request work with. A write renews the reader and the loaders. */
export interface GraphContext {
  readonly hub: Hub;
  reader: Reader;
  loaders: Loaders;
  /** Walks that readers page through; they outlive the request. */
  readonly kept: KeptWalks;
  /** What the request reads, for the access log. */
  readonly notes: AccessNotes;
}

export function graphContext(hub: Hub, reader: Reader, kept: KeptWalks): GraphContext {
  const { accessLog } = hub;
  const notes = new AccessNotes(reader.actor, { accessLog, door: 'GRAPHQL' });
  return { hub, reader, loaders: loadersFor(hub, reader), kept, notes };
}

import { isDomainError } from '../domain/errors.ts';
import type { NodeRow } from '../domain/lineage/graph-rows.ts';
import { compareText } from '../domain/lineage/graph-rows.ts';
import { COLLECTION_KINDS } from '../domain/lineage/kinds.ts';
import { FULL_NAME_LENGTH_MAX } from '../domain/lineage/named-dataset.ts';
import { kindOfId, type NodeId } from '../domain/lineage/node-id.ts';
import { checkName } from '../domain/values/text.ts';
import {
  collectionIdOfPath,
  type NameSource,
  runIdOfPath,
  versionIdOfPath,
} from './find-by-path.ts';
import { mayRead, type Reader } from './readable-by.ts';

/** Most nodes that one identifier is answered with. */
export const RESOLVED_MAX = 100;

/**
 * The nodes that an identifier means: a node's id, a digest, `scheme:value` of another system,
 * a path `team/project/name`, with `:version` for a version, or the namespace and name of a
 * dataset with a slash between them. One text may mean several.
 */
export async function resolveIdentifier(
  given: string,
  reader: Reader,
  source: NameSource,
): Promise<NodeRow[]> {
  const text = checkName(given, 'an identifier', FULL_NAME_LENGTH_MAX);
  const { store } = source;
  const asked = { scope: reader.scope, identifiers: [text], order: 'id' } as const;
  const all = await store.list({ ...asked, bare: 'included', limit: RESOLVED_MAX });
  // Anybody can name any number of bare nodes by one text; they must not crowd out what is said.
  const full = all.length === RESOLVED_MAX;
  const said = full ? await store.list({ ...asked, limit: RESOLVED_MAX }) : [];
  const ids = [...(kindOfId(text) ? [text] : []), ...(await idsOfPath(text, source))];
  const rows = ids.length === 0 ? [] : await store.get(ids);
  const found = new Map<NodeId, NodeRow>();
  for (const row of [...rows, ...said, ...all]) {
    if (row && mayRead(reader, row)) found.set(row.id, row);
  }
  const kept = [...found.values()].slice(0, RESOLVED_MAX);
  return kept.sort((a, b) => compareText(a.id, b.id));
}

/** A text that is no path of this form names nothing by path; that is no fault of the caller. */
async function idsOfPath(text: string, source: NameSource): Promise<NodeId[]> {
  const { org } = source;
  const last = text.slice(text.lastIndexOf('/') + 1);
  try {
    if (!last.includes(':')) {
      const collections = COLLECTION_KINDS.map((kind) => collectionIdOfPath(org, kind, text));
      return [await runIdOfPath(source, text), ...collections];
    }
    const versions = COLLECTION_KINDS.map((kind) => versionIdOfPath(source, kind, text));
    return (await Promise.all(versions)).filter((id) => id !== null);
  } catch (error) {
    if (isDomainError(error) && error.code === 'INVALID_INPUT') return [];
    throw error;
  }
}

import { createHash } from 'node:crypto';
import { canonicalJson } from '../values/canonical-json.ts';
import { NODE_KINDS, type NodeKind } from './kinds.ts';

/** Global id of a node: kind prefix, underscore, 43 characters of base64url (256 bits). */
export type NodeId = string;

export interface NodeName {
  readonly org: string;
  /** Id of what the name is unique in: a project, a team, a collection; null for the hub. */
  readonly container: NodeId | null;
  readonly kind: NodeKind;
  readonly name: string;
  /** 0 for the first node of this name, one more each time it is made anew after a tombstone. */
  readonly incarnation?: number;
}

const DOMAIN_SEPARATOR = 'ledgerline/node-id/v1';
/** Ids that are remembered: a command asks for the same few again and again. */
const IDS_KNOWN_MAX = 8_192;

const knownIds = new Map<string, NodeId>();

/**
 * The id that a natural name has, on every hub of the same organization, for ever. It is SHA-256
 * over the RFC 8785 array [separator, org, container, kind, name, incarnation], with the name in
 * Unicode's composed form (NFC), so that one name typed on two systems is one thing.
 */
export function nodeId({ org, container, kind, name, incarnation = 0 }: NodeName): NodeId {
  const same = name.normalize('NFC');
  const key = canonicalJson([DOMAIN_SEPARATOR, org, container, kind, same, incarnation]);
  const known = knownIds.get(key);
  if (known !== undefined) return known;
  const id = `${NODE_KINDS[kind]}_${createHash('sha256').update(key).digest('base64url')}`;
  if (knownIds.size >= IDS_KNOWN_MAX) knownIds.clear();
  knownIds.set(key, id);
  return id;
}

const PREFIX_KINDS: ReadonlyMap<string, NodeKind> = new Map(
  Object.entries(NODE_KINDS).map(([kind, prefix]) => [prefix, kind as NodeKind]),
);
const HASHED_ID = /^([a-z]+)_[A-Za-z0-9_-]{43}$/;
const ACTOR_ID = /^act:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The kind that an id speaks of, or undefined when the text is no id of this hub. */
export function kindOfId(id: string): NodeKind | undefined {
  if (ACTOR_ID.test(id)) return 'AGENT';
  const prefix = HASHED_ID.exec(id)?.[1];
  return prefix === undefined || prefix === 'act' ? undefined : PREFIX_KINDS.get(prefix);
}

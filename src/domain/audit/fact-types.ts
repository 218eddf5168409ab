import type { Change } from '../lineage/change.ts';
import type { JsonObject } from '../values/value.ts';
import type { FactType, FactView } from './fact-type.ts';
import * as access from './facts/access.ts';
import * as deletion from './facts/deletion.ts';
import * as hub from './facts/hub.ts';
import * as namedDataset from './facts/named-dataset.ts';
import * as openlineage from './facts/openlineage.ts';
import * as refusal from './facts/refusal.ts';
import * as registry from './facts/registry.ts';
import * as run from './facts/run.ts';
import * as runLife from './facts/run-life.ts';
import * as version from './facts/version.ts';
import * as versionSaid from './facts/version-said.ts';
import type { LeafEnvelope } from './leaf.ts';

/** Every version of every type of fact there has been. Nothing ever leaves this list. */
export const FACT_TYPES: readonly FactType[] = [
  hub,
  access,
  run,
  runLife,
  version,
  versionSaid,
  namedDataset,
  openlineage,
  deletion,
  registry,
  refusal,
].flatMap((room) => Object.values(room) as unknown as FactType[]);

const BY_NAME = new Map(FACT_TYPES.map((each) => [`${each.type}@${each.version}`, each]));

/** Throws when a log holds a type or version that this release does not know. */
export function factTypeOf(type: string, version: number): FactType {
  const found = BY_NAME.get(`${type}@${version}`);
  if (!found) {
    throw new Error(`this release does not know facts of type ${type} version ${version}`);
  }
  return found;
}

/** The changes of a fact as it stands in the log. A refusal changes nothing. */
export function changesOf(
  envelope: LeafEnvelope,
  place: { readonly index: number; readonly data: JsonObject },
): Change[] {
  if (envelope.outcome !== 'allow') return [];
  const type = factTypeOf(envelope.type, envelope.typeVersion);
  return type.changes({ ...envelope, ...place } as FactView<never>);
}

/** Raised when the same log makes another graph than before; rebuild compares only equal ones. */
export const PROJECTION_VERSION = 1;

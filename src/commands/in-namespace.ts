import { DomainError } from '../domain/errors.ts';
import {
  checkDatasetName,
  fullNameOf,
  type NamedContent,
  namedDatasetId,
  namedIdentity,
} from '../domain/lineage/named-dataset.ts';
import { versionId } from '../domain/lineage/names.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import type { GraphView, NodeRequirement } from '../ledger/command.ts';
import { currentId } from './placing.ts';

/** A thing whose name may stand in a namespace, and who owns that. */
export interface InNamespace {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly owner?: NodeId | undefined;
}

/** What the dataset is called; null where the name stands in no namespace. */
export function namingOf({ namespace, name }: InNamespace) {
  if (namespace === undefined) return null;
  const named = checkDatasetName({ namespace, name });
  return { namespace: named.namespace, ownName: named.name, fullName: fullNameOf(named) };
}

/** The ids of the dataset and its version; null where the name stands in no namespace. */
export function namedIdsOf(
  input: InNamespace & NamedContent,
  { org, view, home }: { readonly org: string; readonly view: GraphView; readonly home: NodeId },
) {
  const { namespace, name } = input;
  if (namespace === undefined) return null;
  const collection = namedDatasetId(org, home, checkDatasetName({ namespace, name }));
  const identity = namedIdentity(input);
  const idOf = (incarnation: number) =>
    versionId(org, collection, { kind: 'DATASET', identity, incarnation });
  return { collection, version: currentId(view, idOf), first: idOf(0) };
}

/** What is said of a dataset takes the right to write in the project that owns its namespace. */
export function ownerRequirements(input: Omit<InNamespace, 'name'>): NodeRequirement[] {
  const { namespace, owner } = input;
  if (namespace === undefined || owner === undefined) return [];
  return [{ permission: 'record.write', of: owner, hiddenAs: calledBy(namespace) }];
}

/** An owner that nobody has made yet answers as one that may not be known. */
export function existingOwner(view: GraphView, { namespace, owner }: InNamespace): void {
  if (namespace === undefined || owner === undefined) return;
  if (view.node(owner)?.kind === 'PROJECT') return;
  throw new DomainError('NOT_FOUND', `${calledBy(namespace)} is not known`);
}

/** The owner as somebody may be told of it who named the namespace and no project. */
function calledBy(namespace: string): string {
  return `the project of the namespace ${JSON.stringify(namespace)}`;
}

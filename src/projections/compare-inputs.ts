import { compareText, type NodeRow } from '../domain/lineage/graph-rows.ts';

/** What is compared of a version that a run read. */
export type ComparedInput = Pick<NodeRow, 'id' | 'props'>;

/** The versions that two runs read, each in one of the four lists, in the order of ids. */
export interface InputComparison<R extends ComparedInput = ComparedInput> {
  /** Read by both. */
  readonly same: readonly R[];
  /** Read by one each, and equal in content: the same data under another name or number. */
  readonly sameContent: readonly InputPair<R>[];
  /** Read by the second only. */
  readonly added: readonly R[];
  /** Read by the first only. */
  readonly removed: readonly R[];
}

export interface InputPair<R extends ComparedInput = ComparedInput> {
  readonly digest: string;
  readonly a: R;
  readonly b: R;
}

export function compareInputs<R extends ComparedInput>(
  a: readonly R[],
  b: readonly R[],
): InputComparison<R> {
  const [idsOfA, idsOfB] = [idsOf(a), idsOf(b)];
  const ofA = inOrder(a);
  const onlyB = inOrder(b).filter(({ id }) => !idsOfA.has(id));
  const twins = byDigest(onlyB);
  const paired = new Set<R>();
  const sameContent: InputPair<R>[] = [];
  const removed: R[] = [];
  for (const row of ofA.filter(({ id }) => !idsOfB.has(id))) {
    const digest = digestOf(row);
    const twin = digest === null ? undefined : twins.get(digest)?.shift();
    if (digest === null || twin === undefined) removed.push(row);
    else {
      paired.add(twin);
      sameContent.push({ digest, a: row, b: twin });
    }
  }
  const same = ofA.filter(({ id }) => idsOfB.has(id));
  return { same, sameContent, added: onlyB.filter((row) => !paired.has(row)), removed };
}

function idsOf(rows: readonly ComparedInput[]): Set<string> {
  return new Set(rows.map(({ id }) => id));
}

/** Each version once, however often the run read it. */
function inOrder<R extends ComparedInput>(rows: readonly R[]): R[] {
  const each = new Map(rows.map((row) => [row.id, row]));
  return [...each.values()].sort((one, other) => compareText(one.id, other.id));
}

function byDigest<R extends ComparedInput>(rows: readonly R[]): Map<string, R[]> {
  const found = new Map<string, R[]>();
  for (const row of rows) {
    const digest = digestOf(row);
    if (digest === null) continue;
    const known = found.get(digest);
    if (known) known.push(row);
    else found.set(digest, [row]);
  }
  return found;
}

function digestOf({ props }: ComparedInput): string | null {
  return typeof props.digest === 'string' ? props.digest : null;
}

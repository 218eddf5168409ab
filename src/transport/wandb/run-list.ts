import { setImmediate } from 'node:timers/promises';
import { invalidInput } from '../../domain/errors.ts';
import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import { decodeValue, type JsonObject, type Value } from '../../domain/values/value.ts';
import { PAGE_ROWS_MAX } from '../../ports/lineage-store.ts';
import { connection, type PageArguments, pageOf } from './connections.ts';
import { isValueObject } from './json-text.ts';
import { type Lookup, mentions, parseFilters, valueAtPath } from './run-filters.ts';
import { wireStateOf } from './run-shape.ts';
import { summaryOf } from './run-summary.ts';
import { refuseIfGone, type WandbContext } from './wandb-context.ts';

/** Most runs of a project that one request looks through. */
export const RUNS_LOOKED_AT_MAX = 20_000;
/** Most keys that an order names. */
export const ORDER_KEYS_MAX = 8;
/** Runs that are looked at before other requests have their turn. */
const RUNS_AT_ONCE = 200;
const ORDER_DEFAULT = '-created_at';

export interface RunListArguments extends PageArguments {
  readonly filters?: string | null | undefined;
  readonly order?: string | null | undefined;
}

/** A run with what filters and orders may ask of it. */
interface Candidate {
  readonly row: NodeRow;
  readonly lookup: Lookup;
}

export async function runCount(
  project: NodeRow,
  args: RunListArguments,
  context: WandbContext,
): Promise<number> {
  return (await matching(project, args, context)).length;
}

/** The project's runs that the filters let through, in the order asked for. */
export async function runConnection(
  project: NodeRow,
  args: RunListArguments,
  context: WandbContext,
) {
  const found = await matching(project, args, context);
  const ordered = inOrder(found, args.order || ORDER_DEFAULT);
  const page = pageOf(ordered, args, ({ id }) => id);
  return {
    ...connection(page, (row) => context.shapes.run(row, context)),
    totalCount: ordered.length,
  };
}

async function matching(
  project: NodeRow,
  { filters, order }: RunListArguments,
  context: WandbContext,
): Promise<Candidate[]> {
  const filter = parseFilters(filters);
  const withSummary = mentions(filters, 'summary') || mentions(order, 'summary');
  const candidates: Candidate[] = [];
  for (const [at, row] of (await runsOf(project, context)).entries()) {
    if (at % RUNS_AT_ONCE === 0) await setImmediate();
    refuseIfGone(context);
    const summary = withSummary ? await summaryOf(context.hub.telemetry, row) : {};
    const candidate = { row, lookup: lookupOf(row, summary) };
    if (filter(candidate.lookup)) candidates.push(candidate);
  }
  return candidates;
}

async function runsOf(project: NodeRow, { hub, reader }: WandbContext): Promise<NodeRow[]> {
  const rows: NodeRow[] = [];
  let after: NodeRow | undefined;
  do {
    const page: readonly NodeRow[] = await hub.store.list({
      scope: reader.scope,
      kinds: ['RUN'],
      project: project.id,
      order: 'recent',
      after,
      limit: PAGE_ROWS_MAX,
    });
    rows.push(...page);
    after = page.length < PAGE_ROWS_MAX ? undefined : page.at(-1);
  } while (after && rows.length < RUNS_LOOKED_AT_MAX);
  return rows;
}

function lookupOf(row: NodeRow, summary: JsonObject): Lookup {
  const { props } = row;
  const [configOf, summaryValuesOf] = [
    once(() => decoded(props.config)),
    once(() => decoded(summary)),
  ];
  const fields: Readonly<Record<string, () => Value | undefined>> = {
    state: () => wireStateOf(row),
    tags: () => props.tags as Value,
    name: () => row.name,
    display_name: () => (props.displayName ?? row.name) as Value,
    group: () => props.group as Value | undefined,
    job_type: () => props.jobType as Value | undefined,
    created_at: () => (props.startedAt ?? row.recordedAt) as Value,
    heartbeat_at: () => (props.endedAt ?? props.startedAt) as Value | undefined,
    sweep: () => undefined,
  };
  return (key) => {
    const [head, ...rest] = key.split('.');
    const path = rest.join('.');
    if (head === 'config') return valueIn(configOf(), path);
    if (head === 'summary_metrics' || head === 'summary') return valueIn(summaryValuesOf(), path);
    const name = snakeCase(key);
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) throw invalidInput(`runs cannot be filtered or ordered by ${key.slice(0, 80)}`);
    return field();
  };
}

function decoded(object: JsonObject[string] | undefined): Value {
  return decodeValue((object ?? {}) as JsonObject);
}

function valueIn(object: Value, path: string): Value | undefined {
  return isValueObject(object) ? valueAtPath(object, path) : undefined;
}

/** A value that is worked out when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `+key` or `key` upwards, `-key` downwards, several joined by commas; what lacks it is last. */
function inOrder(found: readonly Candidate[], text: string): NodeRow[] {
  const keys = text.split(',').map((each) => ({
    key: each.trim().replace(/^[+-]/, ''),
    sign: each.trim().startsWith('-') ? -1 : 1,
  }));
  if (keys.length > ORDER_KEYS_MAX)
    throw invalidInput(`at most ${ORDER_KEYS_MAX} keys in an order`);
  const runs = found.map(({ row, lookup }) => ({
    row,
    values: keys.map(({ key, sign }) => ({ value: lookup(key), sign })),
  }));
  runs.sort((a, b) => {
    for (const [at, { value, sign }] of a.values.entries()) {
      const order = compareValues(value, b.values[at]?.value, sign);
      if (order !== 0) return order;
    }
    return (keys[0]?.sign ?? 1) * (a.row.since - b.row.since);
  });
  return runs.map(({ row }) => row);
}

function compareValues(a: Value | undefined, b: Value | undefined, sign: number): number {
  const [ranksA, ranksB] = [rank(a), rank(b)];
  if (ranksA !== ranksB) return ranksA - ranksB;
  if (a === undefined || a === null || b === undefined || b === null || a === b) return 0;
  return sign * (a < b ? -1 : 1);
}

/** Numbers first, then texts, then what cannot be ordered. */
function rank(value: Value | undefined): number {
  if (typeof value === 'bigint') return 0;
  if (typeof value === 'number') return Number.isNaN(value) ? 2 : 0;
  return typeof value === 'string' ? 1 : 3;
}

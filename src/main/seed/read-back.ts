import { kindWords } from '../client/find-thing.ts';
import type { HubClient } from '../client/hub-client.ts';
import type { Known } from './act.ts';
import type { Expectation } from './scenario-format.ts';

/** How far a walk goes to count what something came from, in steps. */
const WALK_DEPTH = 100;
/** Most nodes of one question; a scenario has fewer. */
const WALK_NODES = 1_000;
const PAGE = 500;

/** What was looked up in the hub after playing. */
export interface Check {
  readonly says: string;
  readonly expected: string;
  readonly found: string;
  readonly fine: 'yes' | 'no';
}

/** Asks the hub for everything that a scenario expects of it. */
export async function readBack(
  hub: HubClient,
  known: Known,
  expectations: readonly Expectation[],
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const each of expectations) checks.push(await check(hub, known, each));
  return checks;
}

function check(hub: HubClient, known: Known, each: Expectation): Promise<Check> {
  if ('cameFrom' in each) return cameFrom(hub, known, each);
  if ('ledTo' in each) return ledTo(hub, known, each);
  if ('sameExperiment' in each) return sameExperiment(hub, known, each);
  if ('refusalsOf' in each) return refusalsOf(hub, known, each);
  return visibility(hub, known, each);
}

interface Walk {
  readonly nodes: ReadonlyArray<{ readonly kind: string }>;
}
type CameFrom = Extract<Expectation, { cameFrom: string }>;
type LedTo = Extract<Expectation, { ledTo: string }>;
type SameExperiment = Extract<Expectation, { sameExperiment: unknown }>;
type RefusalsOf = Extract<Expectation, { refusalsOf: string }>;
type Visibility = Extract<Expectation, { hiddenFrom: string } | { shownTo: string }>;

async function cameFrom(hub: HubClient, known: Known, { of, cameFrom: kind, exactly }: CameFrom) {
  const root = known.id(`version/${of}`);
  const asked = { root, direction: 'UPSTREAM', depth: WALK_DEPTH, first: WALK_NODES };
  const { lineage } = await hub.ask<{ lineage: Walk }>('lineage', asked);
  const found = lineage.nodes.slice(1).filter((node) => node.kind === kind).length;
  const says = `${of} came from ${counted(exactly, kind)}`;
  return finding(says, { expected: exactly, found, fine: found === exactly });
}

async function ledTo(hub: HubClient, known: Known, { of, ledTo: kind, atLeast }: LedTo) {
  const asked = { root: known.id(`version/${of}`), kinds: [kind], first: PAGE };
  type Answer = { impact: { edges: readonly unknown[] } };
  const found = (await hub.ask<Answer>('impact', asked)).impact.edges.length;
  const says = `${of} led to ${counted(atLeast, kind)} or more`;
  return finding(says, { expected: `${atLeast} or more`, found, fine: found >= atLeast });
}

async function sameExperiment(
  hub: HubClient,
  known: Known,
  { sameExperiment: runs }: SameExperiment,
) {
  type Answer = { run: { experimentHash: string | null } | null };
  const ask = (run: string) => hub.ask<Answer>('experiment', { id: known.id(`run/${run}`) });
  const [a, b] = (await Promise.all(runs.map(ask))).map(({ run }) => run?.experimentHash ?? 'none');
  const says = `the runs ${runs.join(' and ')} are the same experiment`;
  return finding(says, { expected: a ?? '', found: b ?? '', fine: a === b && a !== 'none' });
}

async function refusalsOf(hub: HubClient, known: Known, { refusalsOf: who, atLeast }: RefusalsOf) {
  const filter = { actor: known.id(`actor/${who}`), outcome: 'DENY' };
  type Answer = { auditLog: { edges: readonly unknown[] } };
  const found = (await hub.ask<Answer>('auditLeaves', { filter, first: PAGE })).auditLog.edges
    .length;
  const says = `the audit log has what ${who} was refused`;
  return finding(says, { expected: `${atLeast} or more`, found, fine: found >= atLeast });
}

async function visibility(hub: HubClient, known: Known, each: Visibility) {
  const [who, wanted] = 'shownTo' in each ? [each.shownTo, true] : [each.hiddenFrom, false];
  const actor = known.id(`actor/${who}`);
  const subject = known.id(`version/${each.of}`);
  type Answer = { explain: { allowed: boolean } };
  const { explain } = await hub.ask<Answer>('explain', { actor, action: 'record.read', subject });
  const says = `${who} may ${wanted ? 'read' : 'not read'} ${each.of}`;
  const [other, words] = ['may not read it', 'may read it'];
  const expected = wanted ? words : other;
  const found = explain.allowed ? words : other;
  return finding(says, { expected, found, fine: found === expected });
}

interface Found {
  readonly expected: string | number;
  readonly found: string | number;
  readonly fine: boolean;
}

function finding(says: string, { expected, found, fine }: Found): Check {
  return { says, expected: String(expected), found: String(found), fine: fine ? 'yes' : 'no' };
}

function counted(count: number, kind: string): string {
  return `${count} ${kindWords(kind)}${count === 1 ? '' : 's'}`;
}

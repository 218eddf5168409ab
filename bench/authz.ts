import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CreateProjectInput, createProject } from '../src/commands/create-project.ts';
import { SYSTEM_ACTOR } from '../src/domain/actor.ts';
import {
  type Access,
  isPermitted,
  PERMISSIONS,
  ROLES,
  type Role,
} from '../src/domain/governance/permissions.ts';
import { projectId } from '../src/domain/lineage/names.ts';
import { instantFromMs } from '../src/domain/time.ts';
import { readConfig } from '../src/main/config.ts';
import { openHub } from '../src/main/open-hub.ts';
import { KeptWalks } from '../src/projections/kept-walks.ts';
import { type Reader, readerOf } from '../src/projections/readable-by.ts';
import { walkFrom } from '../src/projections/walk-lineage.ts';
import type { Hub } from '../src/transport/hub.ts';
import { figure, machine, quantile, rounded } from './figures.ts';
import { factRow, idAt, LARGE_GRAPH, nodeRow, writeLayeredGraph } from './layered-graph.ts';

const REPEATS = 40;
const STARTS = 8;
const PAGE = 1_000;
const LIST_ROWS = 50;
const LISTED_NODES = 500;
const DECISIONS = 200_000;
/** One node in ten lies in the project that the narrow reader may not read. */
const HIDDEN_EVERY = 10;
const TEAM = 'main';
const NOW = instantFromMs(Date.parse('2026-06-01T00:00:00Z'));

/**
 * What it costs that nobody sees more than they may: the same walks and lists by a reader of
 * everything (no filter), of all projects by name (filter, nothing hidden), and of one project
 * with a tenth of the nodes hidden (filter and Restricted elements); and decisions a second.
 */
export async function benchAuthz(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const opened = await openHub(readConfig({ LEDGERLINE_DATA_DIR: folder }), () => 'http://a');
  const { hub } = opened;
  machine('authz');
  try {
    decisions(hub);
    const [open, hidden] = [await project(hub, 'open'), await project(hub, 'hidden')];
    const graph = {
      ...LARGE_GRAPH,
      projectAt: (at: number) => (at % HIDDEN_EVERY === 0 ? hidden : open),
    };
    figure('authz', { ...(await writeLayeredGraph(hub.store, open, graph)), hiddenEvery: 10 });
    const readers = {
      'everything, no filter': await reader(hub, ['org']),
      'both projects, nothing hidden': await reader(hub, [
        `project/${TEAM}/open`,
        `project/${TEAM}/hidden`,
      ]),
      'one project, a tenth hidden': await reader(hub, [`project/${TEAM}/open`]),
    };
    await writeListed(hub, (at) => (at % HIDDEN_EVERY === 0 ? hidden : open));
    const roots = Array.from({ length: STARTS }, (_, at) =>
      idAt(open, LARGE_GRAPH.layers - 1, at * 600 + 1),
    );
    await compare('page of 1,000 of a walk', readers, async (who, nth) => {
      const root = roots[nth % STARTS] as string;
      return walk(hub, who, { root, depth: LARGE_GRAPH.layers });
    });
    await compare('walk of almost 1,000 nodes', readers, async (who, nth) => {
      return walk(hub, who, { root: roots[nth % STARTS] as string, depth: 9 });
    });
    await compare('list of 50 rows', readers, async ({ scope }) => {
      const query = { scope, kinds: ['JOB' as const], order: 'recent' as const };
      return (await hub.store.list({ ...query, limit: LIST_ROWS })).length;
    });
    await compare('search of 50 rows', readers, async ({ scope }) => {
      const query = { scope, text: 'listed', order: 'recent' as const };
      return (await hub.store.list({ ...query, limit: LIST_ROWS })).length;
    });
  } finally {
    await opened.close();
    await rm(folder, { recursive: true });
  }
}

async function project({ ledger, org }: Hub, name: string): Promise<string> {
  const input: CreateProjectInput = { team: TEAM, project: name, ifExists: 'return' };
  await ledger.submit({ command: createProject, input, actor: SYSTEM_ACTOR });
  return projectId(org, input);
}

function reader({ org, store, roles }: Hub, scopes: readonly string[]): Promise<Reader> {
  const actor = { ...SYSTEM_ACTOR, ref: `act:${scopes.join()}` as const };
  const access = { roles, grants: scopes.map((scope) => grant('VIEWER', scope)), key: null };
  return readerOf(actor, access, { org, store, now: NOW, agent: { props: {} } });
}

const grant = (role: Role, scope: string) => ({ id: scope, role, scope, expiresAt: null });

/** Nodes that came one after the other, as they do. */
async function writeListed({ store }: Hub, projectAt: (at: number) => string): Promise<void> {
  for (let at = 0; at < LISTED_NODES; at += 1) {
    const project = projectAt(at);
    await store.transact(async (tx) => {
      const place = { id: `listed-${at}`, project, layer: 0, at, since: tx.head.size };
      const now = tx.head.recordedAt ?? NOW;
      const node = { ...nodeRow({ ...place, now }), kind: 'JOB' as const, name: place.id };
      const facts = [factRow(place.since, project, now)];
      await tx.append({ facts, nodes: [node], edges: [], about: [] });
    });
  }
}

async function walk(
  { store }: Hub,
  who: Reader,
  { root, depth }: { readonly root: string; readonly depth: number },
): Promise<number> {
  const source = { store, reader: who, secret: Buffer.alloc(32), kept: new KeptWalks() };
  const question = { direction: 'UPSTREAM' as const, depth, first: PAGE, times: {} };
  return (await walkFrom(root, question, source)).nodes.length;
}

/** The readers take turns, so that what else the machine does weighs on all of them alike. */
async function compare(
  what: string,
  readers: Readonly<Record<string, Reader>>,
  ask: (reader: Reader, nth: number) => Promise<number>,
): Promise<void> {
  const times = new Map(Object.keys(readers).map((name) => [name, [] as number[]]));
  const found = new Map<string, number>();
  for (let nth = -STARTS; nth < REPEATS; nth += 1) {
    for (const [name, who] of Object.entries(readers)) {
      const started = performance.now();
      found.set(name, await ask(who, nth + STARTS));
      if (nth >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  const [base = 0] = [...times.values()].map((all) => quantile(all, 0.5));
  for (const [name, all] of times) {
    const p50Ms = quantile(all, 0.5);
    const more = `${Math.round((p50Ms / base - 1) * 100)} %`;
    figure('authz', { what, reader: name, found: found.get(name), p50Ms, more });
  }
}

/** Decisions for an actor with a grant of each role on ten projects, most of which do not help. */
function decisions({ roles }: Hub): void {
  const scopes = Array.from({ length: 10 }, (_, at) => `project/${TEAM}/p${at}`);
  const grants = scopes.flatMap((scope) => ROLES.map((role) => grant(role, scope)));
  const access: Access = { roles, grants, key: null };
  let permitted = 0;
  const started = performance.now();
  for (let nth = 0; nth < DECISIONS; nth += 1) {
    const permission = PERMISSIONS[nth % PERMISSIONS.length] as (typeof PERMISSIONS)[number];
    const place = { team: TEAM, project: `p${nth % 20}` };
    if (isPermitted(access, permission, { place, now: NOW })) permitted += 1;
  }
  const seconds = (performance.now() - started) / 1000;
  const perSecond = Math.round(DECISIONS / seconds);
  figure('authz', { grants: grants.length, permitted, decisionsPerSecond: perSecond });
  figure('authz', { decisionUs: rounded(1e6 / perSecond) });
}

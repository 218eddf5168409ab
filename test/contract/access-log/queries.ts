import { expect, test } from 'vitest';
import type {
  AccessEntry,
  AccessLog,
  AccessQuery,
  AccessScope,
} from '../../../src/ports/access-log.ts';
import {
  ALL,
  ANNA,
  BEN,
  CHURN,
  everyPage,
  FRAUD,
  HOUR_MS,
  noteOf,
  type OpenAccessLog,
  openNoted,
  timeOf,
} from './access-notes.ts';

const MINUTE_MS = 60_000;
const MINUTES = 150;
const SUBJECTS = ['mdv_a', 'mdv_b', 'run_c'];
const NARROW = { limit: 7 } as const;
const NOBODY = 'act:00000000-0000-4000-8000-000000000009';

/** A note each minute for some hours, of all sorts. */
async function filled(open: OpenAccessLog) {
  const opened = await openNoted(open);
  const { accessLog, clock } = opened;
  const projects = [FRAUD, CHURN, 'proj_hidden', null];
  for (let at = 0; at < MINUTES; at += 1) {
    const project = projects[(at * 7) % 4] ?? null;
    accessLog.note(
      noteOf({
        actor: at % 3 === 0 ? BEN : ANNA,
        subject: `${SUBJECTS[at % SUBJECTS.length]}_${project}`,
        project,
        how: at % 5 === 0 ? 'BYTES' : 'RECORD',
        door: at % 2 === 0 ? 'WANDB' : 'GRAPHQL',
        via: at % 11 === 0 ? 'key-2' : 'key-1',
      }),
    );
    clock.advance(MINUTE_MS);
  }
  return opened;
}

/** What the port promises, said plainly. */
function matches(query: AccessQuery, entry: AccessEntry): boolean {
  const { subject, actor, project, how, since, until } = query;
  return (
    inScope(query.scope, entry) &&
    (subject === undefined || entry.subject === subject) &&
    (actor === undefined || entry.actor === actor) &&
    (project === undefined || entry.project === project) &&
    (how === undefined || entry.how === how) &&
    (since === undefined || entry.lastAt >= since) &&
    (until === undefined || entry.firstAt < until)
  );
}

function inScope(scope: AccessScope, { actor, project }: AccessEntry): boolean {
  if (scope.all) return true;
  if (project !== null && scope.projects.includes(project)) return true;
  const { own } = scope;
  if (actor !== own.actor) return false;
  return own.within.all || (project !== null && own.within.projects.includes(project));
}

const anywhere = { all: true } as const;
const SCOPES: readonly AccessScope[] = [
  { all: true },
  { all: false, projects: [], own: { actor: ANNA, within: anywhere } },
  { all: false, projects: [], own: { actor: NOBODY, within: anywhere } },
  { all: false, projects: [FRAUD], own: { actor: BEN, within: anywhere } },
  { all: false, projects: [FRAUD, CHURN], own: { actor: ANNA, within: anywhere } },
  {
    all: false,
    projects: [CHURN],
    own: { actor: BEN, within: { all: false, projects: [CHURN, FRAUD] } },
  },
  { all: false, projects: [], own: { actor: ANNA, within: { all: false, projects: [] } } },
];

const FILTERS: ReadonlyArray<Partial<AccessQuery>> = [
  {},
  { subject: `mdv_a_${FRAUD}` },
  { subject: 'mdv_b_proj_hidden' },
  { actor: ANNA },
  { actor: BEN, project: FRAUD },
  { actor: NOBODY },
  { project: CHURN },
  { project: 'proj_hidden', how: 'BYTES' },
  { how: 'BYTES' },
  { since: timeOf(70 * MINUTE_MS) },
  { until: timeOf(70 * MINUTE_MS) },
  { since: timeOf(30 * MINUTE_MS), until: timeOf(31 * MINUTE_MS), actor: ANNA },
  { subject: `run_c_${CHURN}`, actor: BEN, project: CHURN, how: 'RECORD' },
  { actor: 'act:\0' },
];

/** Which entries a question finds, and how they are paged. */
export function describeQueries(open: OpenAccessLog): void {
  test('a question finds what a plain look at all entries finds, in its order', async () => {
    const { accessLog } = await filled(open);
    const entries = await accessLog.list(ALL);
    expect(entries.length).toBeGreaterThan(60);
    const places = entries.map(({ firstAt, id }) => `${firstAt} ${id}`);
    expect(places).toEqual([...places].sort().reverse());
    let found = 0;
    for (const scope of SCOPES) {
      for (const filter of FILTERS) {
        const query: AccessQuery = { ...filter, ...NARROW, scope };
        const wanted = entries.filter((entry) => matches(query, entry));
        expect({ query, entries: await everyPage(accessLog, query) }).toEqual({
          query,
          entries: wanted,
        });
        found += wanted.length;
      }
    }
    expect(found).toBeGreaterThan(500);
    await accessLog.close();
  });

  test('pages go on where they were while entries come and count on', async () => {
    const { accessLog, clock } = await openNoted(open);
    const subjects = ['mdv_1', 'mdv_2', 'mdv_3', 'mdv_4'];
    for (const subject of subjects) {
      accessLog.note(noteOf({ subject }));
      clock.advance(MINUTE_MS);
    }
    const query = { ...ALL, limit: 2 };
    const first = await accessLog.list(query);
    expect(subjectsOf(first)).toEqual(['mdv_4', 'mdv_3']);
    for (const subject of ['mdv_1', 'mdv_4', 'mdv_5']) accessLog.note(noteOf({ subject }));
    const second = await accessLog.list({ ...query, after: first.at(-1) });
    expect(subjectsOf(second)).toEqual(['mdv_2', 'mdv_1']);
    expect(second.map(({ count }) => count)).toEqual([1, 2]);
    await accessLog.close();
  });

  test('entries of one moment are paged whole', async () => {
    const { accessLog } = await openNoted(open);
    for (let at = 0; at < 25; at += 1) accessLog.note(noteOf({ subject: `mdv_${at}` }));
    const found = await everyPage(accessLog, { ...ALL, limit: 4 });
    expect(new Set(subjectsOf(found)).size).toBe(25);
    expect(found).toEqual(await accessLog.list(ALL));
    await accessLog.close();
  });

  test('a time within an entry finds it', async () => {
    const { accessLog, clock } = await openNoted(open);
    accessLog.note(noteOf());
    clock.advance(HOUR_MS - 1);
    accessLog.note(noteOf());
    const between = timeOf(HOUR_MS / 2);
    const count = async (log: AccessLog, range: Partial<AccessQuery>) =>
      (await log.list({ ...ALL, ...range })).length;
    expect(await count(accessLog, { since: between, until: between })).toBe(1);
    expect(await count(accessLog, { since: timeOf(HOUR_MS - 1) })).toBe(1);
    expect(await count(accessLog, { since: timeOf(HOUR_MS) })).toBe(0);
    expect(await count(accessLog, { until: timeOf(1) })).toBe(1);
    expect(await count(accessLog, { until: timeOf(0) })).toBe(0);
    expect(await count(accessLog, { since: '0000-01-01T00:00:00.000000Z' as never })).toBe(1);
    await accessLog.close();
  });
}

function subjectsOf(entries: readonly AccessEntry[]): string[] {
  return entries.map(({ subject }) => subject);
}

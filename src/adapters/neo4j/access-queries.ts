import type { ActorRef } from '../../domain/actor.ts';
import { compareText } from '../../domain/lineage/graph-rows.ts';
import { type Instant, instantFromMs, msOfInstant } from '../../domain/time.ts';
import type {
  AccessDoor,
  AccessEntry,
  AccessKind,
  AccessQuery,
  AccessScope,
} from '../../ports/access-log.ts';
import { type Bolt, int, type Parameters, type Row, type Statement } from './bolt.ts';

/** No entry lasts longer, in milliseconds. */
const ENTRY_MS_MAX = 3_600_000;
/** Behind every time. */
const LATEST = '~';

const FILTERS =
  'entry.firstAt >= $from AND entry.firstAt <= $to ' +
  'AND ($until IS NULL OR entry.firstAt < $until) ' +
  'AND ($since IS NULL OR entry.lastAt >= $since) ' +
  'AND ($afterAt IS NULL OR entry.firstAt < $afterAt OR entry.id < $afterId) ' +
  'AND ($subject IS NULL OR entry.subject = $subject) ' +
  'AND ($actor IS NULL OR entry.actor = $actor) ' +
  'AND ($project IS NULL OR entry.project = $project) ' +
  'AND ($how IS NULL OR entry.how = $how) ' +
  'AND ($everything OR entry.project IN $projects OR (entry.actor = $ownActor ' +
  'AND ($ownEverywhere OR entry.project IN $ownProjects))) ' +
  'RETURN entry.id, entry.actor, entry.via, entry.subject, entry.project, entry.how, ' +
  'entry.door, entry.firstAt, entry.lastAt, entry.count ' +
  'ORDER BY entry.firstAt DESC, entry.id DESC LIMIT $limit';

/** One text for each index that a question may go along. */
const TEXTS = {
  time: `MATCH (entry:AccessEntry) WHERE ${FILTERS}`,
  subject: `MATCH (entry:AccessEntry) WHERE entry.subject = $lead AND ${FILTERS}`,
  actor: `MATCH (entry:AccessEntry) WHERE entry.actor = $lead AND ${FILTERS}`,
  project: `MATCH (entry:AccessEntry) WHERE entry.project = $lead AND ${FILTERS}`,
} as const;

/** One range of an index. A reader's entries are the union of a few. */
interface Part {
  readonly by: keyof typeof TEXTS;
  readonly lead: string | null;
}

/**
 * A page of entries. The parts of a scope are asked one after another, each along an index and
 * for no more than could still come before what is found already, so that the cost is that of
 * the page and not of all that the reader may know.
 */
export async function readAccess(bolt: Bolt, query: AccessQuery): Promise<AccessEntry[]> {
  let page: AccessEntry[] = [];
  for (const part of partsOf(query)) {
    const last = page.length < query.limit ? undefined : page.at(-1);
    const rows = await bolt.read(statementOf(part, query, last));
    page = merged([...page, ...rows.map(entryOf)], query.limit);
  }
  return page;
}

function partsOf({ scope, subject, actor, project }: AccessQuery): Part[] {
  // Entries of one subject, actor or project are few enough to be looked at one by one.
  if (subject !== undefined) return [{ by: 'subject', lead: subject }];
  if (actor !== undefined) return [{ by: 'actor', lead: actor }];
  if (project !== undefined) return [{ by: 'project', lead: project }];
  if (scope.all) return [{ by: 'time', lead: null }];
  return [
    { by: 'actor', lead: scope.own.actor },
    ...scope.projects.map((id) => ({ by: 'project', lead: id }) as const),
  ];
}

function statementOf(part: Part, query: AccessQuery, last: AccessEntry | undefined): Statement {
  const { subject, actor, project, how, since, until, after, limit } = query;
  const earliest = since === undefined ? '' : hourBefore(since);
  const from = last !== undefined && last.firstAt > earliest ? last.firstAt : earliest;
  const parameters: Parameters = {
    lead: part.lead,
    from,
    to: after?.firstAt ?? LATEST,
    since: since ?? null,
    until: until ?? null,
    afterAt: after?.firstAt ?? null,
    afterId: after?.id ?? null,
    subject: subject ?? null,
    actor: actor ?? null,
    project: project ?? null,
    how: how ?? null,
    limit: int(limit),
    ...scopeParameters(query.scope),
  };
  return [TEXTS[part.by], parameters];
}

function scopeParameters(scope: AccessScope): Parameters {
  if (scope.all) {
    const none = { projects: [], ownActor: null, ownEverywhere: false, ownProjects: [] };
    return { everything: true, ...none };
  }
  const { actor, within } = scope.own;
  return {
    everything: false,
    projects: scope.projects,
    ownActor: actor,
    ownEverywhere: within.all,
    ownProjects: within.all ? [] : within.projects,
  };
}

/** Times start with the year 0000. */
function hourBefore(instant: Instant): string {
  const ms = msOfInstant(instant) - ENTRY_MS_MAX;
  return instant < '0001' ? '' : instantFromMs(ms);
}

/** Latest first; an entry that two parts found stays once. */
function merged(entries: readonly AccessEntry[], limit: number): AccessEntry[] {
  const unique = new Map(entries.map((entry) => [entry.id, entry]));
  const inOrder = [...unique.values()].sort(
    (a, b) => compareText(b.firstAt, a.firstAt) || compareText(b.id, a.id),
  );
  return inOrder.slice(0, limit);
}

function entryOf(row: Row): AccessEntry {
  const [id, actor, via, subject, project, how, door, firstAt, lastAt, count] = row;
  return {
    id: String(id),
    actor: actor as ActorRef,
    via: String(via),
    subject: String(subject),
    project: project === null ? null : String(project),
    how: how as AccessKind,
    door: door as AccessDoor,
    firstAt: firstAt as Instant,
    lastAt: lastAt as Instant,
    count: Number(count),
  };
}

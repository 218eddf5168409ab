import { openLineageRecorded, type ToldRun } from '../domain/audit/facts/openlineage.ts';
import type { FactSubject } from '../domain/audit/leaf.ts';
import { instantOf } from '../domain/lineage/event-time.ts';
import type { NodeId } from '../domain/lineage/node-id.ts';
import { FACET_TEXT_FIELDS } from '../domain/lineage/told-event.ts';
import type { Instant } from '../domain/time.ts';
import {
  type Command,
  type CommandWants,
  type DecisionContext,
  fact,
  type GraphView,
  type Requirement,
} from '../ledger/command.ts';
import type { EdgeEnds } from '../ports/lineage-store.ts';
import { wantsOfAlternates } from './dataset-world.ts';
import { ownerRequirements } from './in-namespace.ts';
import type { RecordOpenLineageInput } from './openlineage-submissions.ts';
import { existing, notDeleted } from './placing.ts';
import { putEnds } from './put-ends.ts';
import { beyondOf, type Settling, wantsOfSettling } from './settle-reads.ts';
import { alternatesTold, type MayWrite } from './told-alternates.ts';
import { edgesOf } from './told-edges.ts';
import { checkedEnds, type Ends, endsOf, mergedEnds } from './told-ends.ts';
import { ValueTable } from './told-facets.ts';
import { namesOf, runVersionId, type ToldNames } from './told-names.ts';
import { ToldNodes } from './told-nodes.ts';
import { toldRunOf, withEvent, writtenAt } from './told-run.ts';

/**
 * Takes one part of an event of a pipeline. Whatever order events come in, and however often, the
 * same events make the same graph, but for what says when something came.
 */
export const recordOpenLineage: Command<RecordOpenLineageInput> = {
  operation: 'recordOpenLineage',
  // The key is the digest of the whole event. What a later release reads from it, puts aside or
  // cuts into parts otherwise must not make an event that comes again another one.
  derived: ['owners', 'event', 'personal'],
  wants: (input, view, { org, may }) => {
    const names = namesOf(input, org);
    const first = firstWantsOf(input, names, org);
    const mayWrite = (owner: NodeId) => may('record.write', owner);
    const known = (first.nodes ?? []).every((id) => view.knows(id));
    if (!known) return first;
    const more = wantsOfSettling(settlingOf(input, { names, org, view, mayWrite, text: [] }));
    return together(first, more ?? {});
  },
  requires: ({ project, event, owners }): Requirement[] => [
    { permission: 'record.write', of: project },
    ...(event.kind === 'DATASET'
      ? event.ends.flatMap(({ namespace }) =>
          ownerRequirements({ namespace, owner: owners.get(namespace) }),
        )
      : []),
  ],
  about: ({ project }) => [project],
  decide: (input, context) => {
    const { project, event } = input;
    existing(context.view, project, 'PROJECT');
    return fact(openLineageRecorded, decided(input, context, event));
  },
};

function decided(
  input: RecordOpenLineageInput,
  { view, org, actor, may }: DecisionContext,
  event: RecordOpenLineageInput['event'],
) {
  const { project, occurredAt } = input;
  const names = namesOf(input, org);
  const row = names.run && view.node(names.run.id);
  if (row) notDeleted(row);
  const held = new Set((input.personal ?? []).flatMap(({ values }) => Object.keys(values)));
  const text = FACET_TEXT_FIELDS.filter((field) => held.has(field)).map((field) => ({
    ...{ fact: null, person: actor.ref, field },
  }));
  const mayWrite = (owner: NodeId) => may('record.write', owner);
  const settling = settlingOf(input, { names, org, view, mayWrite, text });
  const values = new ValueTable();
  const nodes = new ToldNodes(view, event, { text, values });
  const { reads, writes } = settling.after;
  const ends = {
    reads: reads === settling.before.reads ? null : checkedEnds(reads),
    writes: writes === settling.before.writes ? null : checkedEnds(writes),
  };
  if (names.run) nodes.run({ ...names.run, project }, settling.run as ToldRun, ends);
  if (names.job) {
    nodes.job({ ...names.job, project }, names.run ? { reads: null, writes: null } : ends);
  }
  putEnds(nodes, { org, names, event, view, mayWrite, writes });
  const edges = edgesOf(settling, { names, nodes, mayWrite, actor: actor.ref, event });
  const { digest, part, parts, kind, eventType, eventTime, producer, schemaURL } = event;
  const runId = event.run?.runId ?? null;
  return {
    data: {
      event: { digest, part, parts, kind, eventType, eventTime, producer, schemaURL, runId },
      values: values.values,
      puts: nodes.puts,
      opened: edges.opened,
      closed: edges.closed,
      beyond: beyondOf(settling),
    },
    projects: [project, ...nodes.puts.map((put) => put.project), ...edges.projects],
    subject: subjectOf(names),
    occurredAt,
  };
}

function subjectOf({ run, job, ends }: ToldNames): FactSubject | null {
  if (run) return { kind: 'RUN', id: run.id, digest: null };
  if (job) return { kind: 'JOB', id: job.id, digest: null };
  const [end] = ends;
  return end ? { kind: 'DATASET', id: end.of.id, digest: null } : null;
}

/** What an event makes of its run and of who read what. */
export interface ToldSettling extends Settling {
  readonly run: ToldRun | null;
  readonly before: { readonly writes: Ends; readonly reads: Ends };
}

interface Place {
  readonly names: ToldNames;
  readonly org: string;
  readonly view: GraphView;
  readonly mayWrite: MayWrite;
  readonly text: Parameters<typeof mergedEnds>[1]['text'];
}

function settlingOf(input: RecordOpenLineageInput, place: Place): ToldSettling {
  const { event } = input;
  const { names, org, view, mayWrite, text } = place;
  const holder = names.run ?? names.job;
  const row = holder ? view.node(holder.id) : undefined;
  const before = { reads: endsOf(row, 'reads'), writes: endsOf(row, 'writes') };
  const kept = {
    facets: (end: ToldNames['ends'][number]) =>
      end.role === 'INPUT' || names.run === null || !mayWrite(end.of.owner) ? end.ownFacets : [],
    told: (end: ToldNames['ends'][number]) => (mayWrite(end.of.owner) ? [] : end.facets),
  };
  const merged = (role: 'INPUT' | 'OUTPUT', of: Ends) => {
    const ends = names.ends.filter((end) => end.role === role);
    return ends.length === 0 ? of : mergedEnds(of, { event, ends, kept, text });
  };
  const after = { reads: merged('INPUT', before.reads), writes: merged('OUTPUT', before.writes) };
  const run = names.run && withEvent(toldRunOf(row), event, names);
  const change = {
    run: names.run?.id ?? null,
    reads: run ? readTimes(run, after.reads) : NO_TIMES,
    writes: run ? writeTimes(run, after.writes) : NO_TIMES,
    alternates: alternatesTold(event, names, { view, mayWrite }),
  };
  return { org, view, run, before, after, change };
}

const NO_TIMES: ReadonlyMap<NodeId, Instant> = new Map();

/** A run that names no version read what was there when it began. */
function readTimes(run: ToldRun, reads: Ends): Map<NodeId, Instant> {
  const unstated = [...reads.values()].filter(({ stated }) => stated.length === 0);
  return new Map(unstated.map(({ dataset }) => [dataset, instantOf(run.first)]));
}

function writeTimes(run: ToldRun, writes: Ends): Map<NodeId, Instant> {
  return new Map(
    [...writes.values()].flatMap(({ dataset, first }) => {
      const at = writtenAt(run, first);
      return at === null ? [] : [[dataset, at] as const];
    }),
  );
}

/** By what an event names, since that is what is looked at whatever is there by now. */
const FIRST_WANTS = new WeakMap<ToldNames, CommandWants>();

function firstWantsOf(input: RecordOpenLineageInput, names: ToldNames, org: string): CommandWants {
  const known = FIRST_WANTS.get(names);
  if (known !== undefined) return known;
  const wants = firstWants(input, names, org);
  FIRST_WANTS.set(names, wants);
  return wants;
}

function firstWants(
  { project }: RecordOpenLineageInput,
  { run, job, ends }: ToldNames,
  org: string,
): CommandWants {
  const nodes = ends.flatMap(({ of, statedId, symlinks, role }) => [
    ...[of.id, of.owner, ...(statedId ? [statedId] : [])],
    ...(run && role === 'OUTPUT' ? [runVersionId(org, of.id, run.id)] : []),
    ...(symlinks ?? []).flatMap(({ id, owner }) => [id, owner]),
  ]);
  const datasets = [...new Set(ends.filter((end) => end.symlinks).map(({ of }) => of.id))];
  const alternates = wantsOfAlternates(run ? new Set(ends.map(({ of }) => of.id)) : []);
  const runOut = ['WROTE_TO', 'READ_FROM', 'WAS_ASSOCIATED_WITH'] as const;
  return {
    nodes: [...new Set([project, ...(run ? [run.id] : []), ...(job ? [job.id] : []), ...nodes])],
    out: [
      ...(run ? runOut.map((kind) => ({ kind, from: run.id })) : []),
      ...datasets.map((from) => ({ kind: 'ALTERNATE_OF' as const, from })),
      ...alternates.out,
    ],
    into: alternates.into,
    edges: ends.flatMap((end) => edgesOfEnd(end, { run, org })),
  };
}

/** The edges that say whether a version is the run's, and the dataset's. */
function edgesOfEnd(
  { of, statedId, role }: ToldNames['ends'][number],
  { run, org }: { readonly run: ToldNames['run']; readonly org: string },
): EdgeEnds[] {
  const own = run && role === 'OUTPUT' ? runVersionId(org, of.id, run.id) : null;
  return [statedId, own].flatMap((version) => {
    if (version === null) return [];
    const member: EdgeEnds = { kind: 'VERSION_OF', from: version, to: of.id };
    if (!run) return [member];
    if (role === 'INPUT') return [member, { kind: 'USED', from: run.id, to: version }];
    return [member, { kind: 'WAS_GENERATED_BY', from: version, to: run.id }];
  });
}

function together(a: CommandWants, b: CommandWants): CommandWants {
  return {
    nodes: [...(a.nodes ?? []), ...(b.nodes ?? [])],
    edges: [...(a.edges ?? []), ...(b.edges ?? [])],
    out: [...(a.out ?? []), ...(b.out ?? [])],
    into: [...(a.into ?? []), ...(b.into ?? [])],
  };
}

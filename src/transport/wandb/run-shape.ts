import type { NodeRow } from '../../domain/lineage/graph-rows.ts';
import type { RunStatus } from '../../domain/lineage/run-status.ts';
import type { Instant } from '../../domain/time.ts';
import type { JsonObject } from '../../domain/values/value.ts';
import type { TelemetryStream } from '../../ports/telemetry-store.ts';
import { runFilesOf } from '../kept-run-files.ts';
import type { PageArguments } from './connections.ts';
import { consoleLines } from './console-lines.ts';
import { personalTextOf, shownNameOf } from './personal-texts.ts';
import type { RunActivity } from './run-activity.ts';
import { inputsOf, outputsOf } from './run-artifacts.ts';
import { joinConfig, pickSdkNotes } from './run-config.ts';
import { type RunFileArguments, runFileConnection } from './run-files.ts';
import type { HistoryArguments, RunHistory } from './run-history.ts';
import { isToStop } from './run-lookup.ts';
import { summaryText } from './run-summary.ts';
import { userShape } from './viewer.ts';
import { type Shape, visibleNode, type WandbContext } from './wandb-context.ts';
import { wireId } from './wire-ids.ts';
import { wireTime, wireTimeOf } from './wire-time.ts';

const STATE_OF: Readonly<Record<RunStatus, string>> = {
  RUNNING: 'running',
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'killed',
  CRASHED: 'crashed',
};

/** What is known of a run beside the graph. */
export interface RunRows {
  readonly history: RunHistory;
  readonly activity: RunActivity;
}

/** How a run shows as wandb's type `Run`. */
export function runShape(row: NodeRow, context: WandbContext, rows: RunRows): Shape {
  return {
    ...describedFields(row, context),
    ...telemetryFields(row, context, rows),
    fileCount: async () => (await runFilesOf(context.hub, row.id)).length,
    files: (args: RunFileArguments) => runFileConnection(row, args, context),
    inputArtifacts: (args: PageArguments) => inputsOf(row, args, context),
    outputArtifacts: (args: PageArguments) => outputsOf(row, args, context),
    __typename: 'Run',
  };
}

export function wireStateOf(row: NodeRow): string {
  return STATE_OF[row.props.status as RunStatus];
}

function describedFields(row: NodeRow, context: WandbContext) {
  const { hub } = context;
  const { props } = row;
  const project = async () => visibleNode(context, row.project as string);
  return {
    id: wireId('Run', row.id),
    name: row.name,
    displayName: props.displayName ?? null,
    projectId: async () => String((await project())?.since ?? ''),
    project: async () => {
      const found = await project();
      return found && context.shapes.project(found, context);
    },
    description: null,
    notes: () => personalTextOf(hub, props, 'notes'),
    host: () => personalTextOf(hub, props, 'host'),
    tags: props.tags ?? [],
    state: wireStateOf(row),
    stopped: isToStop(row),
    group: props.group ?? null,
    jobType: props.jobType ?? null,
    commit: (props.code as JsonObject | undefined)?.commit ?? null,
    readOnly: false,
    sweepName: null,
    createdAt: wireTime((props.startedAt ?? row.recordedAt) as Instant),
    user: () => creatorOf(row, context),
    config: () => joinConfig(props.config, props.client),
    wandbConfig: ({ keys }: { readonly keys?: readonly string[] | null }) =>
      pickSdkNotes(props.client, keys ?? []),
  };
}

function telemetryFields(row: NodeRow, { hub }: WandbContext, { history, activity }: RunRows) {
  const { id, props } = row;
  const count = (stream: TelemetryStream) => async () => {
    const states = await hub.telemetry.states(id);
    return states.find((state) => state.stream === stream)?.lines ?? 0;
  };
  return {
    summaryMetrics: () => summaryText(hub.telemetry, row),
    systemMetrics: '{}',
    heartbeatAt: async () =>
      wireTimeOf(props.endedAt ?? (await activity.last(id)) ?? props.startedAt),
    historyLineCount: count('history'),
    eventsLineCount: count('events'),
    logLineCount: count('console'),
    historyTail: () => history.tail(id, 'history'),
    eventsTail: () => history.tail(id, 'events'),
    historyKeys: () => history.keys(id),
    history: (args: HistoryArguments) => history.rows(id, args),
    events: ({ samples }: HistoryArguments) => history.events(id, samples),
    sampledHistory: ({ specs }: { readonly specs: readonly string[] }) =>
      history.sampled(id, specs),
    parquetHistory: () => ({ parquetUrls: [], liveData: [] }),
    logLines: (args: PageArguments) => consoleLines(hub, id, args),
  };
}

async function creatorOf(row: NodeRow, { hub }: WandbContext): Promise<Shape | null> {
  const [edge] = await hub.store.edges({
    at: [row.id],
    direction: 'OUT',
    kinds: ['WAS_ASSOCIATED_WITH'],
    limit: 1,
  });
  const [agent] = edge ? await hub.store.get([edge.to]) : [];
  return agent ? userShape(await shownNameOf(hub, agent), agent.id) : null;
}

import { spanMs } from '../client/time-span.ts';
import { type Act, type Known, shiftedBy } from './act.ts';
import type {
  AliasStep,
  MadeVersion,
  RegisterStep,
  RunStep,
  Scenario,
  Step,
  VersionStep,
} from './scenario-format.ts';
import { actOf } from './scenario-names.ts';
import { manifestOf } from './small-files.ts';

/** Longest a run of a scenario lasts unless it says otherwise. */
const RUN_SPAN_DEFAULT = '20m';

/** Everything that a scenario does, in its order: access by the administrator, then the steps. */
export function actsOf(scenario: Scenario): Act[] {
  return [...accessActs(scenario), ...scenario.steps.flatMap((step) => stepActs(scenario, step))];
}

function accessActs(scenario: Scenario): Act[] {
  const { team, accounts, people, projects, grants } = scenario;
  const act = (name: string, rest: Omit<Act, 'name' | 'by' | 'refused'>): Act => ({
    ...rest,
    name,
    by: null,
    refused: null,
  });
  const home = { team: { name: team } };
  const scopeOf = (on: string) => (on === 'team' ? `team/${team}` : `project/${team}/${on}`);
  return [
    act('team', {
      document: 'createTeam',
      gives: null,
      input: () => ({ name: team }),
      says: () => home,
    }),
    ...accounts.map((name) =>
      act(`account/${name}`, {
        document: 'createServiceAccount',
        gives: `actor/${name}`,
        input: () => ({ team, name }),
        says: () => ({ serviceAccount: { name }, ...home }),
      }),
    ),
    ...people.map(({ person, name, email }) =>
      act(`person/${person}`, {
        document: 'createPerson',
        gives: `actor/${person}`,
        input: () => ({ team, name, email }),
        says: () => home,
      }),
    ),
    ...projects.map(({ project: name, description }) =>
      act(`project/${name}`, {
        document: 'createProject',
        gives: null,
        input: () => ({ team, name, description }),
        says: () => ({ project: { name }, ...home }),
      }),
    ),
    ...grants.map(({ to, role, on, reason, for: span }) =>
      act(`grant/${to}/${role}/${on}`, {
        document: 'grant',
        gives: null,
        input: ({ id, anchor }) => ({
          to: id(`actor/${to}`),
          role,
          scope: scopeOf(on),
          reason,
          expiresAt: span === undefined ? undefined : shiftedBy(anchor, spanMs(span) ?? 0),
        }),
        says: ({ id }) => ({
          agent: { id: id(`actor/${to}`) },
          grant: { role, scope: scopeOf(on) },
        }),
      }),
    ),
  ];
}

function stepActs(scenario: Scenario, step: Step): Act[] {
  if ('run' in step) return runActs(scenario, step);
  if ('version' in step) return [versionAct(scenario, step)];
  return [nameAct(scenario, step)];
}

function versionAct(scenario: Scenario, step: VersionStep): Act {
  const { by, ago, ...version } = step;
  return {
    name: actOf(step),
    by,
    document: 'registerVersion',
    gives: `version/${step.version}`,
    refused: null,
    input: ({ anchor }) => ({
      ...versionInput(scenario, version),
      occurredAt: timeOf(anchor, ago),
    }),
  };
}

function versionInput(
  { team }: Scenario,
  { version: _, project, files, ...rest }: MadeVersion & { readonly project: string },
) {
  const manifest = files === undefined ? {} : { files: manifestOf(files) };
  return { ...rest, ...manifest, project: `${team}/${project}` };
}

/** A run as those who trained it would have told of it: its start, inputs, outputs and end. */
function runActs(scenario: Scenario, step: RunStep): Act[] {
  const { reads = [], makes = [], by, lasts = RUN_SPAN_DEFAULT } = step;
  const run = ({ id }: Known) => id(`run/${step.run}`);
  const start = ({ anchor }: Known) => timeOf(anchor, step.ago);
  const end = (known: Known) => shiftedBy(start(known), spanMs(lasts) ?? 0);
  const name = actOf(step);
  const act = (rest: Omit<Act, 'by' | 'refused'>): Act => ({ ...rest, by, refused: null });
  const read = act({
    name: `${name}/reads`,
    document: 'recordLineage',
    gives: null,
    input: (known) => ({
      project: `${scenario.team}/${step.project}`,
      run: run(known),
      inputs: reads.map((version) => known.id(`version/${version}`)),
      outputs: [],
      occurredAt: start(known),
    }),
  });
  return [
    act({
      name,
      document: 'createRun',
      gives: `run/${step.run}`,
      input: (known) => ({ ...runInput(scenario, step), occurredAt: start(known) }),
    }),
    ...(reads.length === 0 ? [] : [read]),
    ...makes.map((made) =>
      act({
        name: `${name}/makes/${made.version}`,
        document: 'registerVersion',
        gives: `version/${made.version}`,
        input: (known) => ({
          ...versionInput(scenario, { ...made, project: made.project ?? step.project }),
          generatedBy: run(known),
          occurredAt: end(known),
        }),
      }),
    ),
    act({
      name: `${name}/ends`,
      document: 'finishRun',
      gives: null,
      input: (known) => ({
        run: run(known),
        status: step.ends,
        exitCode: step.exitCode ?? (step.ends === 'FINISHED' ? 0 : undefined),
        summary: step.summary,
        occurredAt: end(known),
      }),
    }),
  ];
}

function runInput({ team }: Scenario, step: RunStep) {
  const { run: name, project, job, jobType, group, tags, notes } = step;
  const { config, environment, code } = step;
  const what = { name, job, jobType, group, tags, notes, config, environment };
  return {
    ...what,
    project: `${team}/${project}`,
    code: code === undefined ? undefined : { ...code, dirty: false },
  };
}

function nameAct({ team }: Scenario, step: AliasStep | RegisterStep): Act {
  const { by, ago, of, refused = null } = step;
  const common = { name: actOf(step), by, refused, gives: null };
  if ('alias' in step) {
    return {
      ...common,
      document: 'setAlias',
      input: ({ id, anchor }) => ({
        version: id(`version/${of}`),
        alias: step.alias,
        occurredAt: timeOf(anchor, ago),
      }),
    };
  }
  const { register: model, project, description, note } = step;
  return {
    ...common,
    document: 'register',
    input: ({ id, anchor }) => ({
      ...{ version: id(`version/${of}`), model, project: `${team}/${project}`, description, note },
      occurredAt: timeOf(anchor, ago),
    }),
  };
}

function timeOf(anchor: string, ago: string): string {
  return shiftedBy(anchor, -(spanMs(ago) ?? 0));
}

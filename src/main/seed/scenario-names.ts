import type { Expectation, Scenario, Step } from './scenario-format.ts';

/** A fault of a scenario, and where it is: the keys and numbers that lead there. */
export interface ScenarioFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface Named {
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

/**
 * Names that a scenario uses without having made them, and names that it makes twice. A step may
 * mean only what steps before it made, since the hub is told them in this order.
 */
export function faultsOfNames(scenario: Scenario): ScenarioFault[] {
  const { accounts, people, projects, grants, steps, expect } = scenario;
  const names = new NameBook();
  for (const [at, name] of accounts.entries()) {
    names.make('actor', { path: ['accounts', at], name });
    names.make('account', { path: ['accounts', at], name });
  }
  for (const [at, { person: name }] of people.entries()) {
    names.make('actor', { path: ['people', at, 'person'], name });
  }
  for (const [at, { project: name }] of projects.entries()) {
    names.make('project', { path: ['projects', at, 'project'], name });
  }
  for (const [at, { to, role, on }] of grants.entries()) {
    names.use('actor', { path: ['grants', at, 'to'], name: to });
    if (on !== 'team') names.use('project', { path: ['grants', at, 'on'], name: on });
    names.make('grant', { path: ['grants', at], name: `${to}/${role}/${on}` });
  }
  for (const [at, step] of steps.entries()) checkStep(names, step, ['steps', at]);
  for (const [at, each] of expect.entries()) checkExpectation(names, each, ['expect', at]);
  return names.faults;
}

type Sort = 'actor' | 'account' | 'project' | 'grant' | 'version' | 'run' | 'step';

/** Names of each sort that were made so far, and what was wrong with them. */
class NameBook {
  readonly faults: ScenarioFault[] = [];
  readonly #made = new Map<Sort, Set<string>>();

  make(sort: Sort, { path, name }: Named): void {
    const made = this.#made.get(sort) ?? new Set();
    this.#made.set(sort, made);
    if (made.has(name)) this.faults.push({ path, message: `there are two of the ${sort} ${name}` });
    made.add(name);
  }

  use(sort: Sort, { path, name }: Named): void {
    if (this.#made.get(sort)?.has(name)) return;
    this.faults.push({ path, message: `there is no ${sort} ${name} before this` });
  }
}

function checkStep(names: NameBook, step: Step, path: readonly PropertyKey[]): void {
  names.use('account', { path: [...path, 'by'], name: step.by });
  for (const name of projectsOf(step)) names.use('project', { path, name });
  for (const name of versionsReadBy(step)) names.use('version', { path, name });
  names.make('step', { path, name: actOf(step) });
  if ('run' in step) names.make('run', { path: [...path, 'run'], name: step.run });
  for (const name of versionsMadeBy(step)) names.make('version', { path, name });
}

function checkExpectation(names: NameBook, each: Expectation, path: readonly PropertyKey[]): void {
  const used = usedBy(each);
  for (const name of used.versions) names.use('version', { path, name });
  for (const name of used.actors) names.use('actor', { path, name });
  for (const name of used.runs) names.use('run', { path, name });
}

/** What tells a step from all others of its scenario; stands in its idempotency keys. */
export function actOf(step: Step): string {
  if ('run' in step) return `run/${step.run}`;
  if ('version' in step) return `version/${step.version}`;
  if ('alias' in step) return `alias/${step.of}/${step.alias}/${step.by}`;
  return `register/${step.register}/${step.of}/${step.by}`;
}

function projectsOf(step: Step): string[] {
  const made = 'run' in step ? (step.makes ?? []).flatMap(({ project }) => project ?? []) : [];
  return 'project' in step ? [step.project, ...made] : made;
}

function versionsReadBy(step: Step): readonly string[] {
  if ('run' in step) return step.reads ?? [];
  return 'of' in step ? [step.of] : [];
}

function versionsMadeBy(step: Step): readonly string[] {
  if ('run' in step) return (step.makes ?? []).map(({ version }) => version);
  return 'version' in step ? [step.version] : [];
}

function usedBy(each: Expectation) {
  return {
    versions: 'of' in each ? [each.of] : [],
    runs: 'sameExperiment' in each ? each.sameExperiment : [],
    actors: [
      ...('hiddenFrom' in each ? [each.hiddenFrom] : []),
      ...('shownTo' in each ? [each.shownTo] : []),
      ...('refusalsOf' in each ? [each.refusalsOf] : []),
    ],
  };
}

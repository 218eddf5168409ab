import { describe, expect, it } from 'vitest';
import { checkScenario, readScenario, SCENARIO_DEFAULT, scenarioNames } from './read-scenario.ts';
import { actsOf } from './scenario-acts.ts';

const GOOD = `scenario: tiny
title: Tiny
about: a small one
team: tiny
accounts: [trainer]
projects:
  - { project: lab, description: all of it }
grants:
  - { to: trainer, role: CONTRIBUTOR, on: lab, reason: trains }
steps:
  - { version: rows, by: trainer, ago: 2d, project: lab, kind: DATASET, name: rows, files: {a: b} }
  - run: train
    by: trainer
    ago: 1d
    project: lab
    reads: [rows]
    makes: [{ version: net, kind: MODEL, name: net, files: { w: x } }]
expect: []
try: []
graphiql: '{ viewer { name } }'
`;

const faultsOf = (text: string): string => {
  try {
    checkScenario('tiny.yaml', text);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the scenarios that come with the hub', () => {
  it.each(scenarioNames())('%s is good, and is called what its file is', (name) => {
    expect(readScenario(name).scenario).toBe(name);
  });

  it('have the one that is played when none is named', () => {
    expect(scenarioNames()).toContain(SCENARIO_DEFAULT);
  });
});

describe('a scenario', () => {
  it('is acts of the administrator, then of its accounts, each with a name of its own', () => {
    const acts = actsOf(checkScenario('tiny.yaml', GOOD));
    expect(acts.map(({ by, document, name }) => [by, document, name])).toEqual([
      [null, 'createTeam', 'team'],
      [null, 'createServiceAccount', 'account/trainer'],
      [null, 'createProject', 'project/lab'],
      [null, 'grant', 'grant/trainer/CONTRIBUTOR/lab'],
      ['trainer', 'registerVersion', 'version/rows'],
      ['trainer', 'createRun', 'run/train'],
      ['trainer', 'recordLineage', 'run/train/reads'],
      ['trainer', 'registerVersion', 'run/train/makes/net'],
      ['trainer', 'finishRun', 'run/train/ends'],
    ]);
  });

  it('counts its times back from when it was first played', () => {
    const acts = actsOf(checkScenario('tiny.yaml', GOOD));
    const known = { id: (name: string) => `id of ${name}`, anchor: '2026-03-10T12:00:00.000000Z' };
    expect(acts[4]?.input(known)).toMatchObject({
      project: 'tiny/lab',
      files: [{ path: 'a', sizeBytes: 1, digest: expect.stringMatching(/^sha256:3e23e8160039/) }],
      occurredAt: '2026-03-08T12:00:00.000000Z',
    });
    expect(acts[8]?.input(known)).toMatchObject({
      run: 'id of run/train',
      occurredAt: '2026-03-09T12:20:00.000000Z',
    });
  });
});

describe('a fault of a scenario', () => {
  const faults: [what: string, from: string, to: string, told: string][] = [
    ['a misspelt part', 'team: tiny', 'teem: tiny', 'tiny.yaml:1:1: team: '],
    [
      'an unknown key',
      '    reads: [rows]',
      '    reads: [rows]\n    colour: red',
      ':12:5: steps.1: ',
    ],
    ['no kind of step', '- run: train', '- ran: train', ':12:5: steps.1: a step has one of: '],
    ['a bad span', 'ago: 1d', 'ago: soon', ':14:10: steps.1.ago: a span is a number and m, h or d'],
    [
      'a stranger',
      '    by: trainer',
      '    by: nobody',
      ':13:9: steps.1.by: there is no account nobody',
    ],
    ['a later version', 'reads: [rows]', 'reads: [net]', ':12:5: steps.1: there is no version net'],
    ['a name twice', 'version: net', 'version: rows', ': there are two of the version rows'],
    ['an unknown project', 'on: lab', 'on: barn', ':9:43: grants.0.on: there is no project barn'],
    ['an unknown role', 'CONTRIBUTOR', 'CHEF', ':9:26: grants.0.role: '],
    ['no YAML', 'accounts: [trainer]', 'accounts: [trainer', ' at line 6, column 1'],
    [
      'a real address',
      'projects:',
      'people: [{ person: p, name: P, email: p@corp.com }]\nprojects:',
      'example.com, .org or .net',
    ],
  ];

  it.each(faults)('is told with its place: %s', (...fault) => {
    const [, from, to, told] = fault;
    expect(GOOD).toContain(from);
    expect(faultsOf(GOOD.replace(from, to))).toContain(told);
  });

  it('is told with all others at once', () => {
    const text = GOOD.replace('ago: 1d', 'ago: soon').replace('CONTRIBUTOR', 'CHEF');
    const lines = faultsOf(text).split('\n');
    expect(lines[0]).toBe('the scenario has faults:');
    expect(lines).toHaveLength(3);
  });

  it('is a name that no scenario has', () => {
    expect(() => readScenario('atlantis')).toThrow(/no scenario "atlantis"; there are: .*harbor/);
    expect(() => readScenario('/nowhere/x.yaml')).toThrow(/x\.yaml cannot be read: ENOENT/);
  });
});

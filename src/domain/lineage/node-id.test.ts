import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYSTEM_ACTOR } from '../actor.ts';
import { COLLECTION_KINDS, NODE_KINDS, type NodeKind } from './kinds.ts';
import {
  aliasId,
  collectionId,
  jobId,
  projectId,
  registeredModelId,
  registrationId,
  runId,
  teamId,
  versionId,
} from './names.ts';
import { kindOfId, type NodeName, nodeId } from './node-id.ts';

const ORG = 'example';
const TEAM = 'team_2MCdBPyHTeDFRJbBDIOi8Io760MgEvkyxKp-liC6ijY';
const PROJECT = 'proj_cWrEAyNmDpi2OrvsnzI1tpjYJjib7ex5RZbFD5RYHfQ';
const ZERO_DIGEST = `sha256:${'0'.repeat(64)}`;

/** Computed by another program. These ids stand in logs: a change here breaks every hub. */
const GOLDEN_COLLECTIONS = {
  DATASET: [
    'ds_MlBIoF-x8Xdoa5Clhte7zo8GpFRz-TWx1IWyyvQbaB0',
    'dsv_9H90H9_qkmp0YfSMzzPfzY51N_DUP1IVqhUJsmeWoEU',
    'als_DujkDnL1mrWDK9dYQQVs-WEV8kNrMezFvWV0LKAioRs',
  ],
  MODEL: [
    'mdl_pYFFeybsjao9cwOp6iovtxK1-Uu6RRCyLQx77AXZEuU',
    'mdv_bZv_bHHqrmyGG8BmtvKMQezStsSxBEW4bF6Ec4bJJhY',
    'als_khwf-NVx-YxZq27U98izN49sXAxOZe6G0m_JuYXF5c0',
  ],
  ARTIFACT: [
    'art_6Q4HDs7EuU_Q53y8oHH58S5Fq2zSinG6lZbl6lzUYgU',
    'arv_A_k927tc3KePHIvX7T6wQ02V7ZIHKEk-n_Pin8lglrQ',
    'als_BneGzntqfpNu2uSCakkt3SO7rFdIB7A_fZdPG5dZO7c',
  ],
} as const;

describe('ids that never change', () => {
  it('of a team, a project, a run and a job', () => {
    expect(teamId(ORG, 'main')).toBe(TEAM);
    expect(projectId(ORG, { team: 'main', project: 'churn' })).toBe(PROJECT);
    expect(runId(ORG, PROJECT, 'run-1')).toBe('run_6eHUYtPRYsOsTnDPyXogFIHHINxTn3z9uOU303_diAg');
    expect(jobId(ORG, PROJECT, 'train')).toBe('job_CikrYLd33rC7zQWGsB3qn46ADnMYxGlbegk6xGpJt24');
  });

  it('of names with quotes, backslashes and letters beyond ASCII', () => {
    expect(runId(ORG, PROJECT, '名前 "q" 😀 \\ é')).toBe(
      'run_0WCxJF4nM1Lvz-TXbnM2ZqHshQjL_R2-ANM7SB_pq6Q',
    );
  });

  it('of a node that was made anew', () => {
    const name: NodeName = { org: ORG, container: PROJECT, kind: 'RUN', name: 'run-1' };
    expect(nodeId({ ...name, incarnation: 0 })).toBe(nodeId(name));
    expect(nodeId({ ...name, incarnation: 1 })).toBe(
      'run___uODUjBFfjuonGF64eghdPyncRnY6NWcW9_UfE8aC8',
    );
  });

  it('of a registered model and of a registration', () => {
    const model = 'rmd_9CzbDN4YPevIqQCW3z_mcC6q8EaOqgOKRhGuDI-JpBw';
    const [, version] = GOLDEN_COLLECTIONS.MODEL;
    expect(registeredModelId(ORG, PROJECT, 'risk')).toBe(model);
    expect(registrationId(ORG, model, version)).toBe(
      'reg_ZFGMI3WGYBTFXHveHnaj0zbxbbRq_4UGQlX_x4qgo70',
    );
  });

  it.each(COLLECTION_KINDS)('of a %s, a version and an alias of it', (kind) => {
    const [collection, version, alias] = GOLDEN_COLLECTIONS[kind];
    expect(collectionId(ORG, { project: PROJECT, kind, name: 'weights' })).toBe(collection);
    expect(versionId(ORG, collection, { kind, identity: ZERO_DIGEST })).toBe(version);
    expect(aliasId(ORG, collection, 'latest')).toBe(alias);
  });

  it('and the prefixes of the kinds', () => {
    expect(NODE_KINDS).toMatchObject({
      TEAM: 'team',
      PROJECT: 'proj',
      AGENT: 'act',
      JOB: 'job',
      RUN: 'run',
      DATASET: 'ds',
      DATASET_VERSION: 'dsv',
      MODEL: 'mdl',
      MODEL_VERSION: 'mdv',
      ARTIFACT: 'art',
      ARTIFACT_VERSION: 'arv',
      ALIAS: 'als',
      REGISTERED_MODEL: 'rmd',
      REGISTRATION: 'reg',
    });
    expect(new Set(Object.values(NODE_KINDS)).size).toBe(Object.keys(NODE_KINDS).length);
  });
});

describe('nodeId', () => {
  const hashedKinds = Object.keys(NODE_KINDS).filter((kind) => kind !== 'AGENT') as NodeKind[];
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'a,"b', '","', 'null'));
  const names: fc.Arbitrary<Required<NodeName>> = fc.record({
    org: text,
    container: fc.option(text),
    kind: fc.constantFrom(...hashedKinds),
    name: text,
    incarnation: fc.nat(3),
  });

  it('gives the same id to the same name and other ids to other names', () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        expect(nodeId({ ...a })).toBe(nodeId(a));
        const same = (of: NodeName) => JSON.stringify({ ...of, name: of.name.normalize('NFC') });
        expect(nodeId(a) === nodeId(b)).toBe(same(a) === same(b));
      }),
    );
  });

  it('keeps apart what runs together when it is only put side by side', () => {
    const near: NodeName[] = [
      { org: 'a', container: 'b', kind: 'RUN', name: 'c' },
      { org: 'ab', container: '', kind: 'RUN', name: 'c' },
      { org: 'a', container: null, kind: 'RUN', name: 'c' },
      { org: 'a', container: 'null', kind: 'RUN', name: 'c' },
      { org: 'a', container: 'b', kind: 'JOB', name: 'c' },
      { org: 'a', container: 'b","RUN","c', kind: 'RUN', name: '' },
      { org: 'a', container: 'b', kind: 'RUN', name: 'C' },
      { org: 'a', container: 'b', kind: 'RUN', name: 'é' },
      { org: 'a', container: 'b', kind: 'RUN', name: 'c', incarnation: 1 },
    ];
    const hashes = near.map((name) => nodeId(name).slice('run_'.length));
    expect(new Set(hashes).size).toBe(near.length);
  });

  it('gives one id to one name, composed or decomposed', () => {
    const named = (name: string) => nodeId({ org: 'a', container: 'b', kind: 'RUN', name });
    expect(named('caf\u00e9')).toBe(named('cafe\u0301'));
    expect(named('\ufb01')).not.toBe(named('fi'));
  });

  it('refuses a name that has no UTF-8 form as invalid input', () => {
    expect(() => runId(ORG, PROJECT, 'x\ud800')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });

  it('makes ids whose kind can be told', () => {
    fc.assert(fc.property(names, (name) => kindOfId(nodeId(name)) === name.kind));
  });
});

describe('kindOfId', () => {
  it('knows the pseudonyms of people and services', () => {
    expect(kindOfId(SYSTEM_ACTOR.ref)).toBe('AGENT');
    expect(kindOfId('act:018f6b3e-7c2a-7d11-8a55-0123456789ab')).toBe('AGENT');
  });

  it.each([
    '',
    'run',
    'run_',
    'run_x',
    PROJECT.slice(0, -1),
    `${PROJECT}x`,
    ` ${PROJECT}`,
    `${PROJECT}\n`,
    PROJECT.replace('proj_', 'proj:'),
    PROJECT.replace('proj_', 'PROJ_'),
    PROJECT.replace('proj_', 'act_'),
    PROJECT.replace('proj_', 'constructor_'),
    PROJECT.replace(/.$/, '+'),
    'act:018F6B3E-7c2a-7d11-8a55-0123456789ab',
    'act:018f6b3e7c2a7d118a550123456789ab',
    'act:018f6b3e-7c2a-7d11-8a55-0123456789ab ',
  ])('says nothing of %j', (id) => {
    expect(kindOfId(id)).toBeUndefined();
  });
});

import { expect, test } from 'vitest';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';

test('a project, runs and versions are recorded and their lineage is found', async () => {
  const { hub } = await openTestHub();
  const { get } = await openGraphqlClient(hub);
  const { viewer } = await get('{ viewer { id name kind teams { name } grants { role scope } } }');
  expect(viewer).toMatchObject({
    name: 'administrator',
    kind: 'SERVICE',
    teams: [{ name: 'main' }],
    grants: [{ role: 'ADMINISTRATOR', scope: 'org' }],
  });
  const made = await get(`mutation {
    createProject(input: { team: "main", name: "fraud", description: "Card fraud" }) {
      project { id path description team { name } } fact { index type outcome actor { name } }
    }
    createRun(input: {
      project: "main/fraud", name: "train-1", job: "train", config: { lr: 0.1 }
    }) {
      run { id name status config job { name } project { path } } fact { type }
    }
    data: registerVersion(input: {
      project: "main/fraud", kind: DATASET, name: "cards", digest: "sha256:${'0'.repeat(64)}"
    }) { version { id name version digest aliases bytes } fact { type } }
    model: registerVersion(input: {
      project: "main/fraud", kind: MODEL_VERSION, name: "scorer"
      files: [{ path: "model.bin", sizeBytes: 3, digest: "sha256:${'1'.repeat(64)}" }]
      aliases: ["candidate"]
    }) { version { id name kind files { edges { node { path sizeBytes } } } } }
  }`);
  expect(made).toMatchObject({
    createProject: {
      project: { path: 'main/fraud', description: 'Card fraud', team: { name: 'main' } },
      fact: { type: 'project.created', outcome: 'ALLOW', actor: { name: 'administrator' } },
    },
    createRun: { run: { status: 'RUNNING', config: { lr: 0.1 }, job: { name: 'train' } } },
    data: { version: { name: 'cards:v0', version: 0, aliases: ['latest'], bytes: 'DECLARED' } },
    model: { version: { files: { edges: [{ node: { path: 'model.bin', sizeBytes: 3 } }] } } },
  });
  const ids = {
    run: made.createRun.run.id,
    data: made.data.version.id,
    model: made.model.version.id,
  };
  const recorded = await get(
    `mutation ($run: ID!, $data: ID!, $model: ID!) {
      recordLineage(input: {
        project: "main/fraud", run: $run, inputs: [$data], outputs: [$model]
      }) {
        run { inputs { edges { node { id } } } outputs { edges { node { id } } } }
        fact { type }
      }
      finishRun(input: { run: $run, summary: { auc: 0.9 } }) { run { status endedAt summary } }
    }`,
    ids,
  );
  expect(recorded.recordLineage.run).toEqual({
    inputs: { edges: [{ node: { id: ids.data } }] },
    outputs: { edges: [{ node: { id: ids.model } }] },
  });
  expect(recorded.finishRun.run).toMatchObject({ status: 'FINISHED', summary: { auc: 0.9 } });
  const { lineage, impact, modelVersion } = await get(
    `query ($model: ID!, $data: ID!) {
      lineage(root: $model) {
        nodes { id kind name ... on Run { status } }
        edges { kind from to fact { type } } truncated frontier depths
      }
      impact(root: $data) { edges { node { id } } truncated }
      modelVersion(path: "main/fraud/scorer:candidate") {
        id trainedOn { name } generatedBy { name } aliases history { edges { node { type } } }
      }
    }`,
    ids,
  );
  expect(lineage).toEqual({
    nodes: [
      { id: ids.model, kind: 'MODEL_VERSION', name: 'scorer:v0' },
      { id: ids.run, kind: 'RUN', name: 'train-1', status: 'FINISHED' },
      { id: ids.data, kind: 'DATASET_VERSION', name: 'cards:v0' },
    ],
    edges: expect.arrayContaining([
      {
        kind: 'WAS_GENERATED_BY',
        from: ids.model,
        to: ids.run,
        fact: { type: 'lineage.recorded' },
      },
      { kind: 'USED', from: ids.run, to: ids.data, fact: { type: 'lineage.recorded' } },
    ]),
    truncated: false,
    frontier: [],
    depths: [0, 1, 2],
  });
  expect(impact).toEqual({ edges: [{ node: { id: ids.model } }], truncated: false });
  expect(modelVersion).toEqual({
    id: ids.model,
    trainedOn: [{ name: 'cards:v0' }],
    generatedBy: { name: 'train-1' },
    aliases: ['candidate', 'latest'],
    history: { edges: [{ node: { type: 'version.registered' } }] },
  });
});

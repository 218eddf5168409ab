import { describe, expect, it, vi } from 'vitest';
import { begin, type Door, openDoor, upload, upsertRun } from './open-door.ts';

const FILES = { 'a.txt': 'aaa' };
const DELETE = `mutation DeleteArtifact($input: DeleteArtifactInput!) {
  result: deleteArtifact(input: $input) { artifact { id } }
}`;
const DELETE_RUN = `mutation DeleteRun($id: ID!, $deleteArtifacts: Boolean) {
  deleteRun(input: { id: $id, deleteArtifacts: $deleteArtifacts }) { clientMutationId }
}`;

async function runOf(door: Door, name: string): Promise<string> {
  const { body } = await upsertRun(door, name);
  return body.data.upsertBucket.bucket.id;
}

function end(door: Door, name: string) {
  return door.stream(name, { complete: true, exitcode: 0 });
}

async function use(door: Door, runName: string, artifactID: string) {
  const input = { entityName: 'main', projectName: 'p', runName, artifactID };
  const query = `mutation ($input: UseArtifactInput!) {
    useArtifact(input: $input) { artifact { id } }
  }`;
  await door.data(query, { input });
}

async function addressOf(door: Door, name: string): Promise<string> {
  const { project } = await door.data(`{ project(name: "p", entityName: "main") {
    artifactCollectionMembership(name: "${name}") { files { edges { node { directUrl } } } }
  } }`);
  return project.artifactCollectionMembership.files.edges[0].node.directUrl;
}

const message = ({ body }: { body: { errors?: { message: string }[] } }) =>
  body.errors?.[0]?.message;

describe('an artifact that is deleted through wandb', () => {
  it('is not there any more by any name, its bytes neither, and may come again', async () => {
    const door = await openDoor();
    await runOf(door, 'r');
    const id = await upload(door, { name: 'ds', files: FILES, run: 'r' });
    const address = await addressOf(door, 'ds:v0');
    expect((await door.get(address)).body).toBe('aaa');
    const { result } = await door.data(DELETE, { input: { artifactID: id, deleteAliases: false } });
    expect(result.artifact.id).toEqual(expect.any(String));
    const gone = await door.get(address);
    expect([gone.statusCode, gone.json().errors[0].message]).toEqual([
      404,
      expect.stringMatching(/^ds:v0 was deleted at /),
    ]);
    const again = await door.graphql(DELETE, { input: { artifactID: result.artifact.id } });
    expect([again.status, message(again)]).toEqual([
      404,
      expect.stringMatching(/^ds:v0 was deleted at /),
    ]);
    const { project } = await door.data(`{ project(name: "p", entityName: "main") {
      artifact(name: "ds:v0") { id } latest: artifact(name: "ds:latest") { id }
      artifactCollection(name: "ds") { state artifacts { totalCount edges { version } } }
      run(name: "r") { outputArtifacts { totalCount edges { node { id } } } }
    } }`);
    expect(project).toEqual({
      artifact: null,
      latest: null,
      artifactCollection: { state: 'READY', artifacts: { totalCount: 0, edges: [] } },
      run: { outputArtifacts: { totalCount: 0, edges: [] } },
    });
    expect(await begin(door, { name: 'ds', files: FILES })).toMatchObject({ state: 'PENDING' });
    await upload(door, { name: 'ds', files: FILES });
    expect((await door.get(await addressOf(door, 'ds:v1'))).body).toBe('aaa');
  });

  it('is uploaded anew when it is deleted just as the same files come again', async () => {
    const door = await openDoor();
    await runOf(door, 'r');
    const id = await upload(door, { name: 'ds', files: FILES });
    const { ledger } = door.hub;
    const submit = ledger.submit.bind(ledger);
    const spy = vi.spyOn(ledger, 'submit').mockImplementation(async (submission) => {
      if (submission.command.operation === 'registerVersion') {
        spy.mockRestore();
        await door.data(DELETE, { input: { artifactID: id, deleteAliases: true } });
      }
      return submit(submission);
    });
    const again = await begin(door, { name: 'ds', files: FILES });
    expect(again.state).toBe('PENDING');
    expect((await door.facts()).filter((type) => type === 'version.registered')).toHaveLength(1);
  });

  it('is refused at once, in words, while something depends on it', async () => {
    const door = await openDoor();
    await runOf(door, 'r');
    const id = await upload(door, { name: 'ds', files: FILES, aliases: ['latest', 'prod'] });
    const aliased = await door.graphql(DELETE, { input: { artifactID: id, deleteAliases: false } });
    expect([aliased.status, message(aliased)]).toEqual([
      422,
      'ds:v0 cannot be deleted: the alias "prod" leads to ds:v0',
    ]);
    await use(door, 'r', id);
    const used = await door.graphql(DELETE, { input: { artifactID: id, deleteAliases: true } });
    expect([used.status, message(used)]).toEqual([
      422,
      'ds:v0 cannot be deleted: the run r used ds:v0',
    ]);
    const sequence = await door.graphql(
      `mutation DeleteArtifactSequence($id: ID!) {
        result: deleteArtifactSequence(input: {artifactSequenceID: $id}) {
          artifactCollection { __typename state }
        }
      }`,
      { id: 'x' },
    );
    expect([sequence.status, message(sequence)]).toEqual([
      400,
      'a collection is not deleted; delete its versions',
    ]);
    const files = await door.graphql(
      `mutation deleteFiles($files: [ID!]!, $projectId: Int) {
        deleteFiles(input: { files: $files, projectId: $projectId }) { success }
      }`,
      { files: ['x'] },
    );
    expect([files.status, message(files)]).toEqual([
      400,
      'files of a run are not deleted by themselves; delete the run',
    ]);
  });
});

describe('a run that is deleted through wandb', () => {
  it('is found no more, and its name is that of a new run', async () => {
    const door = await openDoor();
    const id = await runOf(door, 'r');
    const running = await door.graphql(DELETE_RUN, { id });
    expect([running.status, message(running)]).toEqual([
      422,
      'the run r is RUNNING; end it before it goes',
    ]);
    await upload(door, { name: 'ds', files: FILES, run: 'r' });
    await end(door, 'r');
    const kept = await door.graphql(DELETE_RUN, { id, deleteArtifacts: false });
    expect([kept.status, message(kept)]).toEqual([
      422,
      'the run r cannot be deleted: it made ds:v0',
    ]);
    const { deleteRun } = await door.data(DELETE_RUN, { id, deleteArtifacts: true });
    expect(deleteRun).toEqual({ clientMutationId: null });
    const { project } = await door.data(`{ project(name: "p", entityName: "main") {
      run(name: "r") { id } runCount runs { edges { node { id } } } artifact(name: "ds:v0") { id }
    } }`);
    expect(project).toEqual({ run: null, runCount: 0, runs: { edges: [] }, artifact: null });
    expect((await door.stream('r', { complete: true, exitcode: 0 })).status).toBe(404);
    const { body } = await upsertRun(door, 'r');
    expect(body.data.upsertBucket).toMatchObject({ inserted: true, bucket: { name: 'r' } });
    expect(body.data.upsertBucket.bucket.id).not.toBe(id);
    expect((await upsertRun(door, 'r')).body.data.upsertBucket).toMatchObject({
      inserted: false,
      bucket: { id: body.data.upsertBucket.bucket.id, historyLineCount: 0 },
    });
    const types = await door.facts();
    expect(types.filter((type) => type.endsWith('.deleted'))).toEqual(['run.deleted']);
  });
});

import { describe, expect, it } from 'vitest';
import { parseLeaf } from '../../src/domain/audit/leaf.ts';
import { addService } from '../support/add-service.ts';
import { type Door, openDoor, upload } from './open-door.ts';

const FILES = { 'a.txt': 'aaa' };
const SHOWN = 'description metadata tags { name } ttlDurationSeconds digest';
const UPDATE = `mutation ($input: UpdateArtifactInput!) {
  updateArtifact(input: $input) { artifact { ${SHOWN} } }
}`;

interface Updated {
  readonly data: { readonly set: object };
}

const tag = (tagName: string) => ({ tagName });

async function update(door: Door, artifactID: string, more: object) {
  const { updateArtifact } = await door.data(UPDATE, { input: { artifactID, ...more } });
  return updateArtifact.artifact;
}

async function shownInGraph(door: Door, name: string) {
  const rows = await door.hub.store.list({
    scope: { all: true },
    kinds: ['DATASET_VERSION', 'DATASET'],
    order: 'id',
    limit: 10,
  });
  return rows.find((row) => row.name === name);
}

describe('what is said of a committed version', () => {
  it('changes on record, each time by what is new alone', async () => {
    const door = await openDoor();
    const id = await upload(door, { name: 'ds', files: FILES, description: 'first' });
    const before = await door.facts();
    const saved = { description: 'first', metadata: '{"k": [1, NaN]}', tagsToAdd: [tag('a')] };
    const artifact = await update(door, id, { ...saved, tagsToDelete: [] });
    expect(artifact).toMatchObject({
      description: 'first',
      metadata: '{"k":[1,NaN]}',
      tags: [{ name: 'a' }],
    });
    await update(door, id, { ...saved, description: 'second', tagsToAdd: [] });
    await update(door, id, { tagsToAdd: [tag('b')], tagsToDelete: [tag('a')] });
    expect((await door.facts()).slice(before.length)).toEqual(Array(3).fill('version.updated'));
    const rows = await door.hub.store.facts({
      order: 'newest',
      limit: 3,
      scope: { all: true },
    });
    const said = rows.map(({ leaf }) => (parseLeaf(leaf) as unknown as Updated).data.set);
    expect(said).toEqual([{ tags: ['b'] }, {}, { metadata: expect.anything(), tags: ['a'] }]);
    for (const { leaf } of rows) expect(Buffer.from(leaf).toString()).not.toContain('second');
    expect((await shownInGraph(door, 'ds:v0'))?.props.tags).toEqual(['b']);
  });

  it('keeps every tag of clients that add theirs at the same moment', async () => {
    const door = await openDoor();
    const id = await upload(door, { name: 'ds', files: FILES });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map((name) => update(door, id, { tagsToAdd: [tag(name)] })));
    const { tags } = await update(door, id, {});
    expect(tags.map(({ name }: { name: string }) => name).sort()).toEqual(names);
  });

  it('stays as it is when nothing is new, and its content always', async () => {
    const door = await openDoor();
    const id = await upload(door, { name: 'ds', files: FILES, description: 'first' });
    const { digest } = await update(door, id, { description: 'first', metadata: '{}' });
    const before = await door.facts();
    const again = await update(door, id, { description: 'first', metadata: '{}', tagsToAdd: [] });
    expect([await door.facts(), again.digest]).toEqual([before, digest]);
  });

  it('is taken away by an empty description', async () => {
    const door = await openDoor();
    const id = await upload(door, { name: 'ds', files: FILES, description: 'first' });
    expect((await update(door, id, { description: '' })).description).toBeNull();
    expect((await update(door, id, { description: '' })).description).toBeNull();
  });

  it('keeps no time to live, and says so', async () => {
    const door = await openDoor();
    const id = await upload(door, { name: 'ds', files: FILES });
    const input = { artifactID: id, description: 'x', ttlDurationSeconds: 3_600 };
    const { status, body } = await door.graphql(UPDATE, { input });
    expect(status).toBe(400);
    expect(body.errors[0].message).toMatch(/time to live \(ttl, 3600 seconds\) is not kept/);
    const kept = await update(door, id, { ttlDurationSeconds: -2 });
    expect(kept).toMatchObject({ description: null, ttlDurationSeconds: -2 });
  });

  it('is changed only by those who may write to its project', async () => {
    const door = await openDoor();
    const id = await upload(door, { name: 'ds', files: FILES });
    const reader = await addService(door.hub, 'reader', [['VIEWER', 'project/main/p']]);
    const input = { artifactID: id, description: 'mine' };
    const { status } = await door.as(reader.key).graphql(UPDATE, { input });
    expect(status).toBe(403);
    const hidden = await addService(door.hub, 'stranger', []);
    const unseen = await door.as(hidden.key).graphql(UPDATE, { input });
    expect([unseen.status, unseen.body.errors[0].message]).toEqual([
      404,
      `there is no committed artifact with the id ${id}`,
    ]);
  });
});

describe('what is said of a collection', () => {
  const PLACE = { entityName: 'main', projectName: 'p', artifactCollectionName: 'ds' };
  const collectionOf = async (door: Door) =>
    (
      await door.data(`{ project(name: "p", entityName: "main") { artifactCollection(name: "ds") {
        id description tags { edges { node { name } } }
      } } }`)
    ).project.artifactCollection;

  it('are its description and its tags', async () => {
    const door = await openDoor();
    await upload(door, { name: 'ds', files: FILES });
    const { id } = await collectionOf(door);
    await door.data(
      `mutation ($input: UpdateArtifactSequenceInput!) {
        updateArtifactSequence(input: $input) { artifactCollection { name } }
      }`,
      { input: { artifactSequenceID: id, name: 'ds', description: 'all of them' } },
    );
    const { createArtifactCollectionTagAssignments: made } = await door.data(
      `mutation ($input: CreateArtifactCollectionTagAssignmentsInput!) {
        createArtifactCollectionTagAssignments(input: $input) { tags { name } }
      }`,
      { input: { ...PLACE, tags: [tag('a'), tag('b')] } },
    );
    expect(made.tags).toEqual([{ name: 'a' }, { name: 'b' }]);
    await door.data(
      `mutation ($input: DeleteArtifactCollectionTagAssignmentsInput!) {
        deleteArtifactCollectionTagAssignments(input: $input) { success }
      }`,
      { input: { ...PLACE, tags: [tag('a')] } },
    );
    expect(await collectionOf(door)).toMatchObject({
      description: 'all of them',
      tags: { edges: [{ node: { name: 'b' } }] },
    });
    expect((await door.facts()).slice(-3)).toEqual(Array(3).fill('collection.updated'));
  });

  it('are all tags that clients add at the same moment', async () => {
    const door = await openDoor();
    await upload(door, { name: 'ds', files: FILES });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const add = (name: string) =>
      door.data(
        `mutation ($input: CreateArtifactCollectionTagAssignmentsInput!) {
          createArtifactCollectionTagAssignments(input: $input) { tags { name } }
        }`,
        { input: { ...PLACE, tags: [tag(name)] } },
      );
    await Promise.all(names.map(add));
    const { edges } = (await collectionOf(door)).tags;
    const kept = edges.map(({ node }: { node: { name: string } }) => node.name);
    expect(kept.sort()).toEqual(names);
  });

  it('are neither another name nor another type', async () => {
    const door = await openDoor();
    await upload(door, { name: 'ds', files: FILES });
    const { id: artifactSequenceID } = await collectionOf(door);
    const renamed = await door.graphql(
      `mutation ($input: UpdateArtifactSequenceInput!) {
        updateArtifactSequence(input: $input) { artifactCollection { name } }
      }`,
      { input: { artifactSequenceID, name: 'other', description: 'x' } },
    );
    expect(renamed.body.errors[0].message).toMatch(/"ds" cannot be renamed/);
    const moved = await door.graphql(
      `mutation ($input: MoveArtifactSequenceInput!) {
        moveArtifactSequence(input: $input) { artifactCollection { name } }
      }`,
      { input: { artifactSequenceID, destinationArtifactTypeName: 'model' } },
    );
    expect(moved.body.errors[0].message).toMatch(/type of the artifact "ds" cannot be changed/);
    expect((await collectionOf(door)).description).toBeNull();
  });
});

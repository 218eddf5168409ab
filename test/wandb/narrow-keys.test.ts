import { describe, expect, it } from 'vitest';
import type { Permission } from '../../src/domain/governance/permissions.ts';
import { addKey, addService, type TestGrant } from '../support/add-service.ts';
import { CREATE, creation, type Door, openDoor, upsertRun } from './open-door.ts';

const EVERYTHING = `mutation ($input: UpsertBucketInput!) {
  upsertBucket(input: $input) {
    bucket {
      id name displayName config summaryMetrics notes host tags historyKeys historyLineCount
      project { name } files { edges { node { name } } }
    }
    inserted
  }
}`;
const TEAM: readonly TestGrant[] = [['CONTRIBUTOR', 'team/main']];

/** The door for a contributor whose key passes on a few permissions only. */
async function doorOf(door: Door, actions: readonly Permission[], grants = TEAM): Promise<Door> {
  const { ref } = await addService(door.hub, 'narrow', grants);
  const { text } = await addKey(door.hub, ref, { actions });
  return door.as(text);
}

async function projects({ hub }: Door): Promise<string[]> {
  const page = { kinds: ['PROJECT'], order: 'id', limit: 100 } as const;
  const rows = await hub.store.list({ scope: { all: true }, ...page });
  return rows.map(({ name }) => name);
}

describe('a key that may write and not read', () => {
  it('learns of a run of somebody else its id and its name alone', async () => {
    const door = await openDoor();
    const secret = { displayName: 'secret', notes: 'secret', config: '{"a":{"value":"secret"}}' };
    const made = await upsertRun(door, 'r', { ...secret, tags: ['secret'] });
    const files = { 'wandb-history.jsonl': { offset: 0, content: ['{"secret":1}'] } };
    await door.stream('r', { files });
    const writer = await doorOf(door, ['record.write', 'project.create']);
    const input = { name: 'r', modelName: 'p', entityName: 'main' };
    const { upsertBucket } = await writer.data(EVERYTHING, { input });
    expect(upsertBucket).toEqual({
      inserted: false,
      bucket: {
        ...{ id: made.body.data.upsertBucket.bucket.id, name: 'r', displayName: null },
        ...{ config: null, summaryMetrics: null, notes: null, host: null, tags: null },
        ...{ historyKeys: null, historyLineCount: null, project: null, files: null },
      },
    });
  });

  it('learns of a project of somebody else its id and its name alone', async () => {
    const door = await openDoor();
    const query = `mutation ($description: String) {
      upsertModel(input: { name: "p", entityName: "main", description: $description }) {
        model { id name entityName description } inserted
      }
    }`;
    const made = await door.data(query, { description: 'secret' });
    expect(made.upsertModel.model.description).toBe('secret');
    const writer = await doorOf(door, ['record.write', 'project.create']);
    expect((await writer.data(query)).upsertModel).toEqual({
      inserted: false,
      model: { ...made.upsertModel.model, description: null },
    });
  });
});

describe('a key that may read and make projects, and not write', () => {
  it('leaves no project behind when it is refused', async () => {
    const door = await openDoor();
    const reader = await doorOf(door, ['record.read', 'project.create']);
    const input = creation({ name: 'ds', files: {}, project: 'new' });
    for (const answer of [
      await reader.graphql(CREATE, { input }),
      await upsertRun(reader, 'r', { modelName: 'new' }),
    ]) {
      expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([403, 'KEY_SCOPE']);
      expect(answer.body.errors[0].message).toMatch(/ needs record.write on main\/new; /);
    }
    expect(await projects(door)).toEqual([]);
    expect((await door.facts()).slice(-2)).toEqual(['command.refused', 'command.refused']);
  });

  it('is refused in the same words whether the project is there or not', async () => {
    const door = await openDoor();
    await upsertRun(door, 'r', { modelName: 'there' });
    const stranger = await doorOf(door, ['record.read', 'project.create'], []);
    const refusals = [];
    for (const modelName of ['there', 'none']) {
      const { status, body } = await upsertRun(stranger, 'r', { modelName });
      refusals.push([status, JSON.stringify(body).replaceAll(modelName, '')]);
    }
    expect(refusals[0]).toEqual(refusals[1]);
  });
});

it('a grant on a team shows the project that its run has just made', async () => {
  const door = await openDoor();
  const { key } = await addService(door.hub, 'trainer', TEAM);
  const { body } = await upsertRun(door.as(key), 'r', { modelName: 'new' });
  expect(body.data.upsertBucket.bucket.project.name).toBe('new');
});

import { describe, expect, test } from 'vitest';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { digestOf, recorder } from '../support/record.ts';

const UPDATE = `mutation ($input: UpdateVersionInput!) {
  updateVersion(input: $input) {
    version { id description metadata tags digest } fact { index type }
  }
}`;

async function open() {
  const { hub } = await openTestHub();
  const client = await openGraphqlClient(hub);
  const record = recorder(client);
  await record.project('p');
  const digest = digestOf(1);
  const more = { digest, metadata: { a: 1 }, description: 'first' };
  const version = await record.version('MODEL', 'main/p/m', more);
  const update = async (input: object) =>
    (await client.get(UPDATE, { input: { version, ...input } })).updateVersion;
  return { client, version, update, digest, record };
}

describe('what is said of a version', () => {
  test('changes by what is named and keeps the rest; null takes away', async () => {
    const { update, version, digest } = await open();
    const tagged = await update({ tags: ['b', 'a', 'b'] });
    expect(tagged).toMatchObject({
      version: { id: version, description: 'first', metadata: { a: 1 }, tags: ['b', 'a'], digest },
      fact: { type: 'version.updated' },
    });
    const described = await update({ description: 'second', metadata: { b: [2] } });
    expect(described.version).toMatchObject({ description: 'second', metadata: { b: [2] } });
    const taken = await update({ description: null, metadata: null, tags: null });
    expect(taken.version).toEqual({
      id: version,
      description: null,
      metadata: {},
      tags: [],
      digest,
    });
  });

  test('makes no fact where nothing is new', async () => {
    const { update } = await open();
    const { fact } = await update({ tags: ['a'] });
    expect((await update({ tags: ['a'], metadata: { a: 1 } })).fact).toEqual(fact);
  });

  test('is refused for what is no version, and for too many tags', async () => {
    const { client, version, record } = await open();
    const run = await record.run('main/p', 'r');
    const other = await client.ask(UPDATE, { input: { version: run, tags: [] } });
    expect(other.errors[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    const tags = Array.from({ length: 257 }, (_, at) => `t${at}`);
    const many = await client.ask(UPDATE, { input: { version, tags } });
    expect(many.errors[0]).toMatchObject({
      message: 'a version has at most 256 tags',
      extensions: { code: 'LIMIT_EXCEEDED' },
    });
  });

  test('stands in the history of the version', async () => {
    const { client, version, update } = await open();
    await update({ tags: ['a'] });
    const { node } = await client.get(
      `query ($id: ID!) { node(id: $id) { ... on ModelVersion {
        history(first: 5) { edges { node { type } } }
      } } }`,
      { id: version },
    );
    expect(
      node.history.edges.map(({ node: { type } }: { node: { type: string } }) => type),
    ).toEqual(['version.updated', 'version.registered']);
  });
});

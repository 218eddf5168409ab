import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GRAPHQL_BODY } from '../../src/transport/wandb/body-limits.ts';
import { openDoor, upsertRun } from './open-door.ts';

const VIEWER = '{ viewer { id entity username email flags teams { edges { node { name } } } } }';

describe('requests to the wandb door', () => {
  it('say who asks', async () => {
    const door = await openDoor();
    expect((await door.data(VIEWER)).viewer).toMatchObject({
      entity: 'main',
      username: 'administrator',
      flags: '{}',
      teams: { edges: [{ node: { name: 'main' } }] },
    });
  });

  it('with a bad key are refused, whatever they ask', async () => {
    const door = await openDoor();
    const key = `ledgerline-${'x'.repeat(48)}`;
    for (const answer of [
      await door.as(key).graphql(VIEWER),
      await upsertRun(door.as(key), 'r'),
      await door.post('/files/main/p/r/file_stream', '{}', { authorization: 'Bearer x' }),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.body.errors[0].message).toMatch(/API key/);
    }
  });

  it('that the hub does not serve are named', async () => {
    const door = await openDoor();
    const answer = await door.graphql(
      'mutation UpsertSweep { upsertSweep(input: {}) { sweep { name } } }',
    );
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].message).toMatch(/does not serve the mutation UpsertSweep/);
  });

  it('of a wrong form get 400 with the fault', async () => {
    const door = await openDoor();
    for (const [body, fault] of [
      ['{"query":', /malformed JSON/],
      ['{}', /no query/],
      ['[]', /./],
      ['{"query":"{"}', /not a GraphQL query/],
      ['{"query":"{ artifact { id } }"}', /argument "id"/],
    ] as const) {
      const answer = await door.post('/graphql', body);
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].message).toMatch(fault);
    }
  });

  it('may be packed, and may not be too long', async () => {
    const door = await openDoor();
    const body = Buffer.from(JSON.stringify({ query: VIEWER }));
    const packed = await door.post('/graphql', gzipSync(body), { 'content-encoding': 'gzip' });
    expect(packed.body.data.viewer.entity).toBe('main');
    const long = await door.post('/graphql', Buffer.alloc(GRAPHQL_BODY.sentBytesMax + 1, ' '));
    expect(long.status).toBe(413);
  });

  it('for a team that is not there name it', async () => {
    const door = await openDoor();
    const answer = await upsertRun(door, 'r', { entityName: 'nobody' });
    expect([answer.status, answer.body.errors[0].message]).toEqual([
      404,
      'there is no team "nobody"',
    ]);
  });

  it('for what does not exist get null', async () => {
    const door = await openDoor();
    const data = await door.data(`{
      project(name: "none", entityName: "main") { id }
      model(name: "none", entityName: "main") { bucket(name: "x", missingOk: true) { id } }
      artifact(id: "QXJ0aWZhY3Q6eA==") { id }
      entity(name: "none") { organization { coreWeaveOrganizationId } }
      clientIDMapping(clientID: "x") { serverID }
      serverInfo { features { name isEnabled } }
    }`);
    expect(data).toEqual({
      project: null,
      model: null,
      artifact: null,
      entity: null,
      clientIDMapping: null,
      serverInfo: { features: [] },
    });
  });

  it('to other paths are told so in the form that the SDK shows', async () => {
    const door = await openDoor();
    const { status, body } = await door.post('/oidc/token?x=1', '{}');
    expect([status, body.errors[0].message]).toEqual([
      404,
      'the wandb door does not serve POST /wandb/oidc/token',
    ]);
  });

  it('get no bytes by an address that the hub did not sign', async () => {
    const door = await openDoor();
    const forged = await door.get('http://h/wandb/wandb-download/e30.AAAA');
    expect(forged.statusCode).toBe(403);
    expect((await door.put('http://h/wandb/wandb-run-file/e30.AAAA', 'x')).statusCode).toBe(403);
  });
});

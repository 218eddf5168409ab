import { expect, it } from 'vitest';
import { type ActorAnswer, actorName, findActor } from './find-actor.ts';
import type { HubClient } from './hub-client.ts';

const teams = [{ name: 'main' }];
const ci = (id: string): ActorAnswer => ({ id, name: 'ci', kind: 'SERVICE', teams });

/** A hub whose team has these service accounts. */
function hubWith(...services: ActorAnswer[]): HubClient {
  const pageInfo = {
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: null,
  };
  const answer = { actors: { edges: services.map((node) => ({ node })), pageInfo } };
  return { url: 'http://127.0.0.1', ask: async <T>() => answer as T };
}

it('a service account is named by its team and its whole name', async () => {
  const other = { ...ci('act:2'), name: 'ci-2' };
  expect(await findActor(hubWith(other, ci('act:1')), 'main/ci')).toMatchObject({ id: 'act:1' });
  await expect(findActor(hubWith(other), 'main/ci')).rejects.toThrow(
    'there is no service account "main/ci"',
  );
});

it('a name that two have is refused with their ids', async () => {
  await expect(findActor(hubWith(ci('act:1'), ci('act:2')), 'main/ci')).rejects.toThrow(
    '"main/ci" means several service accounts; give one id of: act:1, act:2',
  );
});

it.each(['ci', 'a/b/c', '/ci', 'main/', ''])('%j names nobody', async (text) => {
  await expect(findActor(hubWith(ci('act:1')), text)).rejects.toThrow(/names no actor/);
});

it('people are called by their names, service accounts by what finds them again', () => {
  expect(actorName(ci('act:1'))).toBe('main/ci');
  expect(actorName({ ...ci('act:1'), kind: 'PERSON', name: 'Ada' })).toBe('Ada');
  expect(actorName({ ...ci('act:1'), teams: [] })).toBe('ci');
});

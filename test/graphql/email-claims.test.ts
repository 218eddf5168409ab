import { expect, test } from 'vitest';
import type { ActorRef } from '../../src/domain/actor.ts';
import {
  CLAIM_UNDER_WAY_MS_MAX,
  claimEmail,
  type EmailClaim,
  releaseEmail,
} from '../../src/transport/http/email-claims.ts';
import { AccessWorld } from '../support/access-world.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { withClock } from '../support/with-clock.ts';

const EMAIL = 'ada@example.org';
const claimBy = (digit: string): EmailClaim => ({
  email: EMAIL,
  person: `act:${digit.repeat(8)}-1111-4111-8111-111111111111`,
});

async function open() {
  const { hub, clock } = withClock((await openTestHub()).hub);
  const claims = async () =>
    (await hub.operational.list('email', { prefix: '', limit: 10 })).map(({ key }) =>
      key.slice(key.indexOf(':') + 1),
    );
  return { hub, clock, claims };
}

test('of those who want an address at once, at most one gets it', async () => {
  const { hub, claims } = await open();
  const all = ['1', '2', '3', '4'].map((digit) => claimEmail(claimBy(digit), hub));
  const ended = await Promise.allSettled(all);
  const given = ended.filter(({ status }) => status === 'fulfilled');
  expect(given.length).toBeLessThanOrEqual(1);
  expect(await claims()).toHaveLength(given.length);
  for (const each of ended.filter(({ status }) => status === 'rejected')) {
    expect(each).toMatchObject({ reason: { code: 'CONFLICT' } });
  }
});

test('a claim whose person never came on record keeps the address for a while only', async () => {
  const { hub, clock, claims } = await open();
  const [left, later] = [claimBy('1'), claimBy('2')];
  await claimEmail(left, hub);
  await expect(claimEmail(later, hub)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await claims()).toEqual([left.person]);
  clock.advance(CLAIM_UNDER_WAY_MS_MAX + 1);
  await claimEmail(later, hub);
  expect(await claims()).toEqual([later.person]);
  await releaseEmail(later, hub);
  expect(await claims()).toEqual([]);
});

test('a claim whose person is on record stands, however old it is', async () => {
  const { hub, clock, claims } = await open();
  const world = new AccessWorld(await openGraphqlClient(hub));
  const person = (await world.person('Ada', { email: EMAIL })) as ActorRef;
  clock.advance(CLAIM_UNDER_WAY_MS_MAX * 100);
  await expect(claimEmail(claimBy('1'), hub)).rejects.toMatchObject({ code: 'CONFLICT' });
  await releaseEmail({ email: EMAIL, person }, hub);
  expect(await claims()).toEqual([person]);
  await claimEmail({ email: EMAIL, person }, hub);
});

test('a retry after a crash between claim and record comes to the same person', async () => {
  const { hub } = await open();
  const world = new AccessWorld(await openGraphqlClient(hub));
  const crashed = Object.assign(Object.create(hub), {
    ledger: { submit: () => Promise.reject(new Error('killed')) },
  });
  const before = new AccessWorld(await openGraphqlClient(crashed));
  const input = { name: 'Ada', email: EMAIL, idempotencyKey: 'k' };
  const query = `mutation ($input: CreatePersonInput!) {
    createPerson(input: $input) { person { id } signInKey }
  }`;
  const { code } = await before.refused(query, { input });
  expect(code).toBe('INTERNAL_SERVER_ERROR');
  const { createPerson } = await world.get(query, { input });
  expect(createPerson.signInKey).not.toBeNull();
  // The credential of the first try is still there, and opens nothing: no node tells of its key.
  const keys = await hub.operational.list('sign-in-key', { prefix: '', limit: 10 });
  const [row] = await hub.store.get([createPerson.person.id]);
  const known = keys.filter(({ value }) => row?.props[`signInKey:${JSON.parse(value).keyId}`]);
  expect([keys.length, known.length]).toEqual([2, 1]);
});

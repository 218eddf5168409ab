import { expect, test } from 'vitest';
import {
  type CreateServiceAccountInput,
  createServiceAccount,
} from '../../src/commands/create-service-account.ts';
import { type CreateTeamInput, createTeam } from '../../src/commands/create-team.ts';
import type { ActorRef } from '../../src/domain/actor.ts';
import { openTestLedger } from '../support/open-ledger.ts';

const refOf = (digit: string): ActorRef => `act:${digit.repeat(8)}-3333-4333-8333-333333333333`;

async function open() {
  const { submit } = await openTestLedger();
  const create = (input: CreateServiceAccountInput) =>
    submit<CreateServiceAccountInput>(createServiceAccount, input);
  await submit<CreateTeamInput>(createTeam, { name: 'other', ifExists: 'refuse' });
  const input = { id: refOf('4'), team: 'main', name: 'café', ifExists: 'refuse' } as const;
  return { create, input };
}

test('a name of a service account is taken within its team, however it is written', async () => {
  const { create, input } = await open();
  await create(input);
  const again = { ...input, id: refOf('5'), name: 'cafe\u0301' };
  await expect(create(again)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'the team main has a service account "café" already',
  });
  await create({ ...again, team: 'other' });
});

test('of two who want a name at once, one gets it', async () => {
  const { create, input } = await open();
  const both = ['5', '6'].map((digit) => create({ ...input, id: refOf(digit) }));
  const ended = await Promise.allSettled(both);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test('a name that is no text is refused', async () => {
  const { create, input } = await open();
  await expect(create({ ...input, name: '\ud800' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('founding may add another account of a name, since its credentials may be lost', async () => {
  const { create, input } = await open();
  await create(input);
  const { subject } = await create({ ...input, id: refOf('5'), ifExists: 'add' });
  expect(subject?.id).toBe(refOf('5'));
});

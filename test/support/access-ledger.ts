import { expect } from 'vitest';
import { type CreateApiKeyInput, createApiKey } from '../../src/commands/api-keys.ts';
import { createProject } from '../../src/commands/create-project.ts';
import { createServiceAccount } from '../../src/commands/create-service-account.ts';
import { createTeam } from '../../src/commands/create-team.ts';
import { type GrantRoleInput, grantRole } from '../../src/commands/grants.ts';
import { type Actor, type ActorRef, SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import type { Role } from '../../src/domain/governance/permissions.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import { openTestLedger, STRANGER, type TestLedger, TRAINER } from './open-ledger.ts';

export const DAY_MS = 24 * 3_600_000;
export const ROTATION = { prefix: 'p', overlapHours: 1 };
/** The organization's administrator, who comes without a key that would limit them. */
export const ADMIN = TRAINER;
export const LEAD = STRANGER;
export const refOf = (digit: string): ActorRef =>
  `act:${digit.repeat(8)}-3333-4333-8333-333333333333`;

/** A ledger with the teams main and other; the stranger leads main. */
export async function openAccessLedger() {
  const ledger = await openTestLedger();
  const { submit } = ledger;
  await submit(createTeam, { name: 'other', ifExists: 'refuse' } as never);
  await submit(createProject, { team: 'other', project: 'p', ifExists: 'refuse' } as never);
  await give(ledger, LEAD.ref, 'ADMINISTRATOR', 'team/main');
  return { ...ledger, inADay: instantFromMs(ledger.clock.nowMs() + DAY_MS) };
}

let made = 0;

/** A number that was not used before in this file. */
export function next(): number {
  made += 1;
  return made;
}

/** Grants a role and returns the id of the grant. */
export async function give(
  { submit }: Pick<TestLedger, 'submit'>,
  to: ActorRef,
  ...[role, scope, expiresAt = null, by = SYSTEM_ACTOR]: [Role, string, (Instant | null)?, Actor?]
): Promise<string> {
  const grantId = `grant:${next()}`;
  await submit<GrantRoleInput>(grantRole, { grantId, to, role, scope, expiresAt }, by);
  return grantId;
}

export async function service({ submit }: Pick<TestLedger, 'submit'>, digit: string, team: string) {
  const id = refOf(digit);
  const input = { id, team, name: `service-${digit}`, ifExists: 'refuse' as const };
  await submit(createServiceAccount, input as never, SYSTEM_ACTOR);
  return id;
}

export interface KeyAsk extends Partial<CreateApiKeyInput> {
  readonly actor: ActorRef;
}

export function keyInput(id: string, more: KeyAsk): CreateApiKeyInput {
  return { keyId: id, prefix: 'p', actions: null, scope: null, expiresAt: null, ...more };
}

/** The actor as they come with one of their keys, which the hub made. */
export async function withKey({ submit }: Pick<TestLedger, 'submit'>, who: Actor, more: object) {
  const via = `key:${next()}`;
  await submit(createApiKey, keyInput(via, { actor: who.ref, ...more }), SYSTEM_ACTOR);
  return { ...who, via };
}

export const asActor = (ref: ActorRef): Actor => ({ ...TRAINER, ref, via: 'session' });
export const refusal = (code: string, message?: string | RegExp) =>
  message === undefined
    ? expect.objectContaining({ code })
    : expect.objectContaining({ code, message: expect.stringMatching(message) });

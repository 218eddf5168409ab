import { createHmac } from 'node:crypto';
import type { ActorRef } from '../../domain/actor.ts';
import { DomainError } from '../../domain/errors.ts';
import { comparableEmail } from '../../domain/governance/email.ts';
import type { Hub } from '../hub.ts';

/** A claim for a person who is not on record is taken for one under way for so long. */
export const CLAIM_UNDER_WAY_MS_MAX = 600_000;
/** Claims of one address that are looked at; more than two are never there for long. */
const CLAIMS_MAX = 100;

type ClaimHub = Pick<Hub, 'operational' | 'store' | 'clock' | 'linkSecret'>;

/** Somebody who wants an address, or has it. */
export interface EmailClaim {
  readonly email: string;
  readonly person: ActorRef;
}

/**
 * Makes an address one person's alone. Addresses stand nowhere in the graph or the log, so what is
 * compared is a keyed hash of them in the operational store. A claim is written before the others
 * are looked at, so that of two who want the address at once, at least one sees the other and
 * gives way. A claim counts for as long as its person is on record; one that a crash left behind
 * ends by itself. CONFLICT does not tell whose the address is.
 */
export async function claimEmail(claim: EmailClaim, hub: ClaimHub): Promise<void> {
  const { operational, store, clock } = hub;
  const own = keyOf(claim, hub);
  const [person] = await store.get([claim.person]);
  if (person) return;
  const nowMs = clock.nowMs();
  await operational.put('email', [{ key: own, value: String(nowMs) }]);
  const prefix = own.slice(0, -claim.person.length);
  const all = await operational.list('email', { prefix, limit: CLAIMS_MAX });
  const others = all.filter(({ key }) => key !== own);
  const persons = await store.get(others.map(({ key }) => key.slice(prefix.length)));
  const isLeft = (_: unknown, at: number) =>
    persons[at] === null && nowMs - Number(others[at]?.value) > CLAIM_UNDER_WAY_MS_MAX;
  const left = others.filter(isLeft).map(({ key }) => key);
  await operational.delete('email', left);
  if (left.length === others.length) return;
  await operational.delete('email', [own]);
  throw new DomainError('CONFLICT', 'there is a person with this e-mail address already');
}

/** Gives an address back whose person did not come to be on record. */
export async function releaseEmail(claim: EmailClaim, hub: ClaimHub): Promise<void> {
  const [person] = await hub.store.get([claim.person]);
  if (!person) await hub.operational.delete('email', [keyOf(claim, hub)]);
}

function keyOf({ email, person }: EmailClaim, { linkSecret }: ClaimHub): string {
  const digest = createHmac('sha256', linkSecret)
    .update(`ledgerline/email/v1\n${comparableEmail(email)}`)
    .digest('hex');
  return `${digest}:${person}`;
}

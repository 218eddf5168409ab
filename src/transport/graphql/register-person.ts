import { createHmac } from 'node:crypto';
import { createPerson } from '../../commands/create-person.ts';
import { requireNoLimits } from '../../commands/own-key.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { type DomainError, isDomainError } from '../../domain/errors.ts';
import { checkActorName } from '../../domain/governance/actor-names.ts';
import { checkEmail } from '../../domain/governance/email.ts';
import { isPermitted } from '../../domain/governance/permissions.ts';
import { instantFromMs } from '../../domain/time.ts';
import { refusalOf } from '../../ledger/authorize.ts';
import { claimEmail, type EmailClaim, releaseEmail } from '../http/email-claims.ts';
import { newSignInKey } from '../http/keys.ts';
import type { GraphContext } from './graph-context.ts';
import { type Issued, isRefusal, issueKey } from './issue-key.ts';
import { record } from './submit.ts';
import { withWhomToAsk } from './whom-to-ask.ts';

export interface PersonToCreate {
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly team?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

const OPERATION = createPerson.operation;

/**
 * Puts a person on record, with a key for signing in. What is refused is refused before a key for
 * the person's texts is made where that can be, since such a key is kept for ever.
 */
export async function registerPerson(
  input: PersonToCreate,
  context: GraphContext,
): Promise<Issued> {
  const { hub } = context;
  const team = input.team ?? null;
  const email = input.email == null ? null : checkEmail(input.email);
  const name = checkActorName(input.name, "the person's name");
  await refuseEarly(team, context);
  const id = pseudonymFor(input.idempotencyKey ?? null, context);
  const claim: EmailClaim | null = email === null ? null : { email, person: id };
  if (claim !== null) await claimOrRefuse(claim, context);
  const key = newSignInKey(id, hub.ids);
  const values: Record<string, string> = email === null ? { name } : { name, email };
  const command = {
    ...{ id, team, signInKey: { id: key.id, prefix: key.prefix } },
    personal: [{ person: id, values }],
    idempotencyKey: input.idempotencyKey,
  };
  const issue = { room: 'sign-in-key', holder: id, key } as const;
  try {
    return await issueKey(issue, () => record(createPerson, command, context), hub);
  } catch (error) {
    if (claim !== null && isRefusal(error)) await releaseEmail(claim, hub);
    throw error;
  }
}

/** The command is asked for the same again, under the lock. */
async function refuseEarly(team: string | null, context: GraphContext): Promise<void> {
  const { access } = context.reader;
  const place = team === null ? {} : { team };
  const now = instantFromMs(context.hub.clock.nowMs());
  if (!isPermitted(access, 'access.manage', { place, now })) {
    const missing = { permission: 'access.manage', at: place } as const;
    await refuse(refusalOf(OPERATION, missing, { access, now }), context);
  }
  try {
    requireNoLimits(access.key);
  } catch (error) {
    if (isDomainError(error)) await refuse(error, context);
    throw error;
  }
}

async function claimOrRefuse(claim: EmailClaim, context: GraphContext): Promise<void> {
  try {
    await claimEmail(claim, context.hub);
  } catch (error) {
    if (isDomainError(error) && error.code === 'CONFLICT') await refuse(error, context);
    throw error;
  }
}

async function refuse(error: DomainError, context: GraphContext): Promise<never> {
  const { hub, reader } = context;
  await hub.ledger.refuse({ operation: OPERATION, actor: reader.actor, error, about: [] });
  throw await withWhomToAsk(error, context);
}

/** A retry must mean the same person, whose key its digest is made under. */
function pseudonymFor(key: string | null, { hub, reader }: GraphContext): ActorRef {
  if (key === null) return `act:${hub.ids.uuid()}`;
  const digest = createHmac('sha256', hub.linkSecret)
    .update(`ledgerline/person/v1\n${reader.actor.ref}\n${key}`)
    .digest('hex');
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ];
  return `act:${parts.join('-')}`;
}

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { createSignInKey } from '../../../commands/create-person.ts';
import { createServiceAccount } from '../../../commands/create-service-account.ts';
import { createTeam } from '../../../commands/create-team.ts';
import type { ActorRef } from '../../../domain/actor.ts';
import { newSignInKey } from '../../http/keys.ts';
import type { GraphContext } from '../graph-context.ts';
import { CreatePersonInput } from '../inputs/create-person-input.ts';
import { CreateServiceAccountInput } from '../inputs/create-service-account-input.ts';
import { CreateSignInKeyInput } from '../inputs/create-sign-in-key-input.ts';
import { CreateTeamInput } from '../inputs/create-team-input.ts';
import { type Issued, issueKey } from '../issue-key.ts';
import { CreatePersonPayload } from '../payloads/create-person-payload.ts';
import { CreateServiceAccountPayload } from '../payloads/create-service-account-payload.ts';
import { CreateSignInKeyPayload } from '../payloads/create-sign-in-key-payload.ts';
import { CreateTeamPayload } from '../payloads/create-team-payload.ts';
import { registerPerson } from '../register-person.ts';
import { record, showReceipt, submit } from '../submit.ts';

@Resolver()
export class ActorMutations {
  @Mutation(() => CreateTeamPayload, {
    description:
      'Creates a team. Needs access.manage on the organization. CONFLICT when there is one of ' +
      'that name.',
  })
  async createTeam(
    @Arg('input', () => CreateTeamInput, { description: 'The team.' }) input: CreateTeamInput,
    @Ctx() context: GraphContext,
  ) {
    const { subject, fact } = await submit(createTeam, { ...input, ifExists: 'refuse' }, context);
    return { team: subject, fact };
  }

  @Mutation(() => CreatePersonPayload, {
    description:
      'Puts a person on record, who signs in with a key that is shown once. Needs access.manage ' +
      'on the team, or on the organization, by a key without limits. CONFLICT when somebody has ' +
      'the e-mail address.',
  })
  async createPerson(
    @Arg('input', () => CreatePersonInput, { description: 'The person.' })
    input: CreatePersonInput,
    @Ctx() context: GraphContext,
  ) {
    return signInPayload(await registerPerson(input, context), context);
  }

  @Mutation(() => CreateSignInKeyPayload, {
    description:
      'Makes a person a new key for signing in; earlier ones end. Needs access.manage where the ' +
      'person is at home and wherever they have a role, by a key without limits.',
  })
  async createSignInKey(
    @Arg('input', () => CreateSignInKeyInput, { description: 'The person.' })
    { person: given, idempotencyKey }: CreateSignInKeyInput,
    @Ctx() context: GraphContext,
  ) {
    const person = given as ActorRef;
    const key = newSignInKey(person, context.hub.ids);
    const { id, prefix } = key;
    const asked = { person, key: { id, prefix }, idempotencyKey };
    const issued = await issueKey(
      { room: 'sign-in-key', holder: person, key },
      () => record(createSignInKey, asked, context),
      context.hub,
    );
    return signInPayload(issued, context);
  }

  @Mutation(() => CreateServiceAccountPayload, {
    description:
      'Creates a service account. Needs access.manage on the team. CONFLICT when the team has ' +
      'one of that name.',
  })
  async createServiceAccount(
    @Arg('input', () => CreateServiceAccountInput, { description: 'The account.' })
    input: CreateServiceAccountInput,
    @Ctx() context: GraphContext,
  ) {
    const id: ActorRef = `act:${context.hub.ids.uuid()}`;
    const asked = { ...input, id, ifExists: 'refuse' as const };
    const { subject, fact } = await submit(createServiceAccount, asked, context);
    return { serviceAccount: subject, fact };
  }
}

async function signInPayload({ receipt, shown }: Issued, context: GraphContext) {
  const { subject, fact } = await showReceipt(receipt, context);
  return { person: subject, signInKey: shown, fact };
}

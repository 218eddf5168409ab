import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { register } from '../../../commands/register-model.ts';
import { registeredModelId, registrationId } from '../../../domain/lineage/names.ts';
import { registryPlace } from '../../../projections/find-registered-model.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalOf } from '../input-values.ts';
import { RegisterInput } from '../inputs/register-input.ts';
import { RegisterPayload } from '../payloads/register-payload.ts';
import { showRegistration } from '../shown-registration.ts';
import { submit } from '../submit.ts';

@Resolver()
export class RegistryMutations {
  @Mutation(() => RegisterPayload, {
    description:
      'Registers a model version under a registered model, which is made when it is not there ' +
      'yet. A version that is registered there already keeps its registration, and nothing ' +
      'changes. Takes the right to read the version and the right to write to the registry.',
  })
  async register(
    @Arg('input', () => RegisterInput, { description: 'The version and where to register it.' })
    input: RegisterInput,
    @Ctx() context: GraphContext,
  ) {
    const { version, model, note, description, occurredAt, idempotencyKey } = input;
    const { hub, reader } = context;
    const source = { org: hub.org, store: hub.store, reader };
    const place = await registryPlace({ model, project: input.project ?? null }, source);
    const asked = {
      ...place,
      version,
      personal: personalOf({ description, note }, context),
      occurredAt: occurredAt ?? undefined,
      idempotencyKey,
    };
    const { fact } = await submit(register, asked, context);
    const own = registeredModelId(hub.org, place.project, place.model);
    const id = registrationId(hub.org, own, version);
    return { registration: await showRegistration(id, context), fact };
  }
}

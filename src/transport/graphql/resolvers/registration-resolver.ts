import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { personalText } from '../../../projections/personal-text.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalSource } from '../personal-source.ts';
import { DateTime } from '../scalars/date-time.ts';
import { showActor } from '../shown-actor.ts';
import { showFactAt } from '../shown-fact.ts';
import { showId } from '../shown-node.ts';
import type { ShownRegistration } from '../shown-registration.ts';
import { Actor } from '../types/actor.ts';
import { AuditEntry } from '../types/audit-entry.ts';
import { ModelVersion } from '../types/model-version.ts';
import { RegisteredModel } from '../types/registered-model.ts';
import { Registration } from '../types/registration.ts';

@Resolver(() => Registration)
export class RegistrationResolver {
  @FieldResolver(() => ModelVersion, { description: 'What was registered.' })
  version(@Root() { version }: ShownRegistration) {
    return version;
  }

  @FieldResolver(() => RegisteredModel, { description: 'What it was registered under.' })
  registeredModel(@Root() { model, times }: ShownRegistration, @Ctx() context: GraphContext) {
    return showId(model, context, times);
  }

  @FieldResolver(() => DateTime, {
    description: 'When it was registered, as the client stated, or else when that was recorded.',
  })
  async registeredAt(@Root() { id }: ShownRegistration, @Ctx() { loaders }: GraphContext) {
    const ask = { id, direction: 'OUT', kinds: ['VERSION_OF'] } as const;
    return (await loaders.edges.load(ask))[0]?.validFrom;
  }

  @FieldResolver(() => Actor, { description: 'Who registered it.' })
  async registeredBy(@Root() { id }: ShownRegistration, @Ctx() context: GraphContext) {
    const ask = { id, direction: 'OUT', kinds: ['WAS_ATTRIBUTED_TO'] } as const;
    const [edge] = await context.loaders.edges.load(ask);
    return edge && showActor(edge.to as `act:${string}`);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What whoever registered it wrote; "[erased]" after its writer was erased.',
  })
  async note(@Root() { id }: ShownRegistration, @Ctx() context: GraphContext) {
    const row = await context.loaders.node.load(id);
    return personalText(row?.props.note, personalSource(context));
  }

  @FieldResolver(() => AuditEntry, {
    nullable: true,
    description: 'The entry of the audit log that holds it.',
  })
  fact(@Root() { since }: ShownRegistration, @Ctx() context: GraphContext) {
    return showFactAt(since, context);
  }
}

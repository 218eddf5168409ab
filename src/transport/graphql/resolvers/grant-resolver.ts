import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ActorRef } from '../../../domain/actor.ts';
import type { Grant as Granted } from '../../../domain/governance/permissions.ts';
import type { Json } from '../../../domain/values/value.ts';
import { personalText } from '../../../projections/personal-text.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalSource } from '../personal-source.ts';
import { DateTime } from '../scalars/date-time.ts';
import { showActor } from '../shown-actor.ts';
import { Actor } from '../types/actor.ts';
import { Grant } from '../types/grant.ts';

@Resolver(() => Grant)
export class GrantResolver {
  @FieldResolver(() => Actor, {
    nullable: true,
    description: 'Who granted it; null for grants of the first release.',
  })
  grantedBy(@Root() { grantedBy }: Granted) {
    return grantedBy ? showActor(grantedBy as ActorRef) : null;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When it was granted; null for grants of the first release.',
  })
  grantedAt(@Root() { grantedAt = null }: Granted) {
    return grantedAt;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Why; "[erased]" after whoever wrote it was erased.',
  })
  reason(@Root() grant: Granted & { readonly reason?: Json }, @Ctx() context: GraphContext) {
    return personalText(grant.reason, personalSource(context));
  }
}

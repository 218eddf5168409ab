import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ActorRef } from '../../../domain/actor.ts';
import { holderOf } from '../../../domain/governance/access-ids.ts';
import {
  type Grant as Granted,
  isPermitted,
  type Permission,
  placeOfScope,
} from '../../../domain/governance/permissions.ts';
import { instantFromMs } from '../../../domain/time.ts';
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
    description:
      'Why, for who has the role and for who has access.manage or audit.read in its scope; ' +
      '"[erased]" after whoever wrote it was erased.',
  })
  reason(@Root() grant: Granted & { readonly reason?: Json }, @Ctx() context: GraphContext) {
    return mayKnowWhy(grant, context) ? personalText(grant.reason, personalSource(context)) : null;
  }
}

/** One of these, where the grant is good, opens what was written about it. */
const KNOWING: readonly Permission[] = ['access.manage', 'audit.read'];

function mayKnowWhy({ id, scope }: Granted, { hub, reader }: GraphContext): boolean {
  if (holderOf(id, 'grant') === reader.actor.ref) return true;
  const place = placeOfScope(scope);
  const now = instantFromMs(hub.clock.nowMs());
  return (
    place !== null &&
    KNOWING.some((permission) => isPermitted(reader.access, permission, { place, now }))
  );
}

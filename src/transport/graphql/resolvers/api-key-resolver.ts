import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import type { ActorRef } from '../../../domain/actor.ts';
import type { KeyRecord } from '../../../domain/governance/permissions.ts';
import { lastKeyUse } from '../../http/key-use.ts';
import type { GraphContext } from '../graph-context.ts';
import { DateTime } from '../scalars/date-time.ts';
import { showActor } from '../shown-actor.ts';
import { Actor } from '../types/actor.ts';
import { ApiKey } from '../types/api-key.ts';

/** Records of the first release have no more than id, prefix and expiry: the rest is null. */
@Resolver(() => ApiKey)
export class ApiKeyResolver {
  @FieldResolver(() => [String], {
    nullable: true,
    description: 'The permissions that it passes on; null: all of its owner’s.',
  })
  actions(@Root() { actions = null }: KeyRecord) {
    return actions;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The scope that it is good for; null: all of its owner’s; "restricted" where the viewer ' +
      'may not know it.',
  })
  scope(@Root() { scope = null }: KeyRecord) {
    return scope;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When it was made; null for keys of the first release.',
  })
  createdAt(@Root() { createdAt = null }: KeyRecord) {
    return createdAt;
  }

  @FieldResolver(() => Actor, {
    nullable: true,
    description: 'Who made it; null for keys of the first release.',
  })
  createdBy(@Root() { createdBy }: KeyRecord) {
    return createdBy ? showActor(createdBy as ActorRef) : null;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'When it was revoked, if it was.' })
  revokedAt(@Root() { revokedAt = null }: KeyRecord) {
    return revokedAt;
  }

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'Id of the key that was made in its place, if it was rotated.',
  })
  replacedBy(@Root() { replacedBy = null }: KeyRecord) {
    return replacedBy;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When it was last used, to the minute; null when it never was.',
  })
  lastUsedAt(@Root() { id }: KeyRecord, @Ctx() { hub }: GraphContext) {
    return lastKeyUse(id, hub);
  }
}

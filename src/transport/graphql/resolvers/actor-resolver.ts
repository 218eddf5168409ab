import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { SYSTEM_ACTOR } from '../../../domain/actor.ts';
import { grantsOf } from '../../../domain/governance/permissions.ts';
import { ActorKind } from '../enums/actor-kind.ts';
import type { GraphContext } from '../graph-context.ts';
import type { ShownActor } from '../shown-actor.ts';
import { showId } from '../shown-node.ts';
import { Actor } from '../types/actor.ts';
import { Grant } from '../types/grant.ts';
import { Team } from '../types/team.ts';

@Resolver(() => Actor)
export class ActorResolver {
  @FieldResolver(() => ActorKind, { description: 'A person, a service account, or the hub.' })
  async kind(@Root() { id }: ShownActor, @Ctx() { loaders }: GraphContext) {
    if (id === SYSTEM_ACTOR.ref) return ActorKind.SYSTEM;
    return (await loaders.node.load(id))?.props.actorKind ?? ActorKind.SERVICE;
  }

  @FieldResolver(() => [Team], { description: 'The teams that the actor is in.' })
  async teams(@Root() { id }: ShownActor, @Ctx() context: GraphContext) {
    const team = (await context.loaders.node.load(id))?.props.team;
    const shown = typeof team === 'string' ? await showId(team, context) : null;
    return shown === null ? [] : [shown];
  }

  @FieldResolver(() => [Grant], { description: 'Roles that the actor was given.' })
  async grants(@Root() { id }: ShownActor, @Ctx() { loaders }: GraphContext) {
    return grantsOf((await loaders.node.load(id))?.props ?? {});
  }
}

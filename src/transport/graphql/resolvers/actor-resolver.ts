import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { SYSTEM_ACTOR } from '../../../domain/actor.ts';
import { SYSTEM_NAME, UNKNOWN_NAME } from '../../../domain/governance/actor-names.ts';
import { grantsOf, keysOf } from '../../../domain/governance/permissions.ts';
import { instantFromMs } from '../../../domain/time.ts';
import { actorName } from '../../../projections/actor-name.ts';
import { personalText } from '../../../projections/personal-text.ts';
import { mayManage, mayReadScope } from '../../../projections/readable-by.ts';
import { listComplexity } from '../complexity.ts';
import { ActorKind } from '../enums/actor-kind.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalSource } from '../personal-source.ts';
import type { ShownActor } from '../shown-actor.ts';
import { showKey } from '../shown-key.ts';
import { showId } from '../shown-node.ts';
import { Actor } from '../types/actor.ts';
import { ApiKey } from '../types/api-key.ts';
import { Grant } from '../types/grant.ts';
import { Team } from '../types/team.ts';

@Resolver(() => Actor)
export class ActorResolver {
  @FieldResolver(() => String, {
    description: 'Name by which the actor is known; "[erased]" after a person was erased.',
  })
  async name(@Root() { id }: ShownActor, @Ctx() context: GraphContext) {
    if (id === SYSTEM_ACTOR.ref) return SYSTEM_NAME;
    const agent = await context.loaders.node.load(id);
    return agent ? actorName(agent, personalSource(context)) : UNKNOWN_NAME;
  }

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

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'E-mail address of a person, for the person and for who manages access where they are at ' +
      'home.',
  })
  async email(@Root() { id }: ShownActor, @Ctx() context: GraphContext) {
    const agent = await managedAgent(id, context);
    return agent && personalText(agent.props.email, personalSource(context));
  }

  @FieldResolver(() => [Grant], {
    complexity: listComplexity,
    description: 'Roles that the actor was given, in the scopes that the viewer may know of.',
  })
  async grants(@Root() { id }: ShownActor, @Ctx() { hub, loaders, reader }: GraphContext) {
    const grants = grantsOf((await loaders.node.load(id))?.props ?? {});
    if (id === reader.actor.ref) return grants;
    const now = instantFromMs(hub.clock.nowMs());
    return grants.filter(({ scope }) => mayReadScope(reader, scope, now));
  }

  @FieldResolver(() => [ApiKey], {
    nullable: true,
    complexity: listComplexity,
    description:
      'API keys of the actor, ended ones too, for the actor and for who manages access where ' +
      'the actor is at home; null for everybody else.',
  })
  async apiKeys(@Root() { id }: ShownActor, @Ctx() context: GraphContext) {
    const agent = await managedAgent(id, context);
    return agent && keysOf(agent.props).map((key) => showKey(key, id, context));
  }
}

/** The actor's node, for the actor and for who manages access there. */
async function managedAgent(id: string, { hub, loaders, reader }: GraphContext) {
  const agent = await loaders.node.load(id);
  const now = instantFromMs(hub.clock.nowMs());
  return agent && mayManage(reader, agent, now) ? agent : null;
}

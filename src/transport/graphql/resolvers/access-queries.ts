import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { actorPage, teamPage } from '../access-pages.ts';
import { pageComplexity } from '../complexity.ts';
import { explainTo } from '../explain-to.ts';
import type { GraphContext } from '../graph-context.ts';
import { ActorsArgs } from '../inputs/actors-args.ts';
import { ExplainArgs } from '../inputs/explain-args.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { showId } from '../shown-node.ts';
import { ActorConnection, TeamConnection } from '../types/access-connections.ts';
import { Actor } from '../types/actor.ts';
import { Explanation } from '../types/explanation.ts';

@Resolver()
export class AccessQueries {
  @Query(() => Actor, { nullable: true, description: 'A person or a service account by its id.' })
  async actor(
    @Arg('id', () => ID, { description: 'Global id, "act:" and a UUID.' }) id: string,
    @Ctx() context: GraphContext,
  ) {
    const found = await showId(id, context);
    return found?.__typename === 'Actor' ? found : null;
  }

  @Query(() => ActorConnection, {
    complexity: pageComplexity,
    description: 'People and service accounts, latest made first. Who they are is known to all.',
  })
  actors(@Args(() => ActorsArgs) args: ActorsArgs, @Ctx() context: GraphContext) {
    return actorPage(args, context);
  }

  @Query(() => TeamConnection, {
    complexity: pageComplexity,
    description: 'The teams that the viewer may know of, latest made first.',
  })
  teams(@Args(() => PageArgs) args: PageArgs, @Ctx() context: GraphContext) {
    return teamPage(args, context);
  }

  @Query(() => Explanation, {
    description:
      'Why an actor may do something, or may not. Everybody asks about themself; about others it ' +
      'takes access.manage or audit.read there.',
  })
  explain(@Args(() => ExplainArgs) args: ExplainArgs, @Ctx() context: GraphContext) {
    return explainTo(args, context);
  }
}

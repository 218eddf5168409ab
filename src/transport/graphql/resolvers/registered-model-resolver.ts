import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { personalText } from '../../../projections/personal-text.ts';
import { ORDERED_COST, pageCosting } from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { personalSource } from '../personal-source.ts';
import { registrationPage } from '../registration-pages.ts';
import { rowOf, type ShownNode } from '../shown-node.ts';
import { RegistrationConnection } from '../types/connections.ts';
import { RegisteredModel } from '../types/registered-model.ts';

@Resolver(() => RegisteredModel)
export class RegisteredModelResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description: 'What it is for; "[erased]" after whoever wrote it was erased.',
  })
  async description(@Root() model: ShownNode, @Ctx() context: GraphContext) {
    const { props } = await rowOf(model, context);
    return personalText(props.description, personalSource(context));
  }

  @FieldResolver(() => RegistrationConnection, {
    complexity: pageCosting(ORDERED_COST),
    description: 'What was registered, latest first, as far as the viewer may read the versions.',
  })
  registrations(
    @Root() model: ShownNode,
    @Args(() => PageArgs) request: PageArgs,
    @Ctx() context: GraphContext,
  ) {
    return registrationPage(model, request, context);
  }
}

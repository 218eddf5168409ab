import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { personalText } from '../../../projections/personal-text.ts';
import type { GraphContext } from '../graph-context.ts';
import { identifiersOf } from '../identifiers-of.ts';
import { personalSource } from '../personal-source.ts';
import { propOf, type ShownNode } from '../shown-node.ts';
import { Identifier } from '../types/identifier.ts';
import { Run } from '../types/run.ts';
import { whenThere } from '../when-there.ts';

/** What people and clients say of a run beside what it did. */
@Resolver(() => Run)
export class RunDescriptionResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The name to show, which may change; null: show its natural name.',
  })
  displayName(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'displayName', context);
  }

  @FieldResolver(() => String, { nullable: true, description: 'The group of runs it is one of.' })
  group(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'group', context);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Its part in the group, for example "train" or "eval".',
  })
  jobType(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return propOf(run, 'jobType', context);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What somebody noted about it; "[erased]" after its writer was erased.',
  })
  notes(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return personalOf(run, 'notes', context);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Name of the machine; "[erased]" after its owner was erased.',
  })
  host(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return personalOf(run, 'host', context);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Program that was started; "[erased]" after its owner was erased.',
  })
  program(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return personalOf(run, 'program', context);
  }

  @FieldResolver(() => [Identifier], { description: 'Names of it in other systems.' })
  identifiers(@Root() run: ShownNode, @Ctx() context: GraphContext) {
    return identifiersOf(run, context);
  }
}

function personalOf(run: ShownNode, name: string, context: GraphContext) {
  return whenThere(propOf(run, name, context), (prop) =>
    prop === null ? null : personalText(prop, personalSource(context)),
  );
}

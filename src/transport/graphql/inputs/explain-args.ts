import { ArgsType, Field, ID } from 'type-graphql';

@ArgsType()
export class ExplainArgs {
  @Field(() => ID, { nullable: true, description: 'Who is to do it; the viewer when left out.' })
  readonly actor?: string | null;

  @Field(() => String, { description: 'The permission that it takes, such as "record.write".' })
  readonly action!: string;

  @Field(() => ID, {
    description:
      'What it is done to: the id of a node, or a scope "org", "team/<team>" or ' +
      '"project/<team>/<project>".',
  })
  readonly subject!: string;
}

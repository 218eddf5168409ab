import { ArgsType, Field, ID } from 'type-graphql';

@ArgsType()
export class FindArgs {
  @Field(() => ID, { nullable: true, description: 'Global id; give this or the path.' })
  readonly id?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Path "team/project/name", for a version with ":v3" or ":alias" behind it; give this or ' +
      'the id.',
  })
  readonly path?: string | null;
}

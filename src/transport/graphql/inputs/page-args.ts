import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many at most, from 1 to 500; 50 when left out.',
  })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: 'Cursor to go on behind.' })
  readonly after?: string | null;
}

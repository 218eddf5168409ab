import { ArgsType, Field, ID } from 'type-graphql';

@ArgsType()
export class CompareArgs {
  @Field(() => ID, { description: 'The first: a run or a version.' })
  readonly a!: string;

  @Field(() => ID, { description: 'The second: a run, or a version of any kind.' })
  readonly b!: string;
}

import { ArgsType, Field } from 'type-graphql';
import { PageArgs } from './page-args.ts';

@ArgsType()
export class FacetsArgs extends PageArgs {
  @Field(() => [String], {
    nullable: true,
    description: 'Names of those that are asked for, at most 100; all when left out.',
  })
  readonly names?: readonly string[] | null;
}

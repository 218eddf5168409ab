import { ArgsType, Field, ID } from 'type-graphql';
import { LineageArgs } from './lineage-args.ts';

@ArgsType()
export class RootLineageArgs extends LineageArgs {
  @Field(() => ID, {
    description: 'Where the walk starts: the id of a node or of a Restricted element.',
  })
  readonly root!: string;
}

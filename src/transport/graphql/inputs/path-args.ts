import { ArgsType, Field, ID } from 'type-graphql';
import { TimeArgs } from './time-args.ts';

@ArgsType()
export class PathArgs extends TimeArgs {
  @Field(() => ID, {
    description: 'Where the path starts: the id of a node or of a Restricted element.',
  })
  readonly from!: string;

  @Field(() => ID, {
    description: 'Where the path ends: the id of a node or of a Restricted element.',
  })
  readonly to!: string;
}

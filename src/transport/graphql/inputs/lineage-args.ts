import { ArgsType, Field, Int } from 'type-graphql';
import { LineageDirection } from '../enums/lineage-direction.ts';
import { LineageKind } from '../enums/lineage-kind.ts';
import { TimeArgs } from './time-args.ts';

/** Steps that a walk takes when nothing is said. */
export const WALK_DEPTH_DEFAULT = 5;
/** Nodes that a walk returns when nothing is said. */
export const WALK_NODES_DEFAULT = 200;

@ArgsType()
export class LineageArgs extends TimeArgs {
  @Field(() => LineageDirection, {
    defaultValue: LineageDirection.UPSTREAM,
    description: 'Which way to go.',
  })
  readonly direction!: LineageDirection;

  @Field(() => Int, {
    defaultValue: WALK_DEPTH_DEFAULT,
    description: 'Most steps from the root, from 1 to 1000.',
  })
  readonly depth!: number;

  @Field(() => Int, {
    defaultValue: WALK_NODES_DEFAULT,
    description:
      'Most nodes in the answer, from 1 to 1000, nearest first; after goes on from there.',
  })
  readonly first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The endCursor of an earlier page: go on behind it, with the same arguments.',
  })
  readonly after?: string | null;

  @Field(() => [LineageKind], {
    nullable: true,
    description: 'Kinds of node in the answer, all when left out. The walk goes through all.',
  })
  readonly kinds?: readonly LineageKind[] | null;
}

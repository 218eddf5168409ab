import { ArgsType, Field, Int } from 'type-graphql';
import { ColumnDirection } from '../enums/column-direction.ts';

/** Steps that a walk along columns takes when nothing is said. */
export const COLUMN_DEPTH_DEFAULT = 5;
/** Columns that a page holds when nothing is said. */
export const COLUMNS_DEFAULT = 200;

@ArgsType()
export class ColumnLineageArgs {
  @Field(() => String, {
    nullable: true,
    description: 'Name of the column; when left out, all columns that are known of.',
  })
  readonly column?: string | null;

  @Field(() => ColumnDirection, {
    defaultValue: ColumnDirection.UPSTREAM,
    description: 'Which way to go.',
  })
  readonly direction!: ColumnDirection;

  @Field(() => Int, {
    defaultValue: COLUMN_DEPTH_DEFAULT,
    description: 'Most steps from column to column, from 1 to 100.',
  })
  readonly depth!: number;

  @Field(() => Int, {
    defaultValue: COLUMNS_DEFAULT,
    description: 'Most columns in the answer, from 1 to 1000, nearest first.',
  })
  readonly first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The endCursor of an earlier page: go on behind it, with the same arguments.',
  })
  readonly after?: string | null;
}

import { ArgsType, Field, ID } from 'type-graphql';
import { LineageKind } from '../enums/lineage-kind.ts';
import { PageArgs } from './page-args.ts';

@ArgsType()
export class SearchArgs extends PageArgs {
  @Field(() => String, {
    description: 'Part of a name in any case, at least three characters.',
  })
  readonly text!: string;

  @Field(() => [LineageKind], {
    nullable: true,
    description: 'Kinds of node to look for, all when left out.',
  })
  readonly kinds?: readonly LineageKind[] | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Project to look in: its id, or "team/project".',
  })
  readonly project?: string | null;
}

import { ArgsType, Field } from 'type-graphql';
import { LineageKind } from '../enums/lineage-kind.ts';
import { PageArgs } from './page-args.ts';

@ArgsType()
export class CollectionsArgs extends PageArgs {
  @Field(() => [LineageKind], {
    defaultValue: [LineageKind.DATASET, LineageKind.MODEL, LineageKind.ARTIFACT],
    description: 'Kinds of collection to list: DATASET, MODEL, ARTIFACT.',
  })
  readonly kinds!: readonly LineageKind[];
}

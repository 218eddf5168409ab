import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType('FileComparison', {
  simpleResolvers: true,
  description:
    'The files of two versions compared by path. A file that was moved is removed and added.',
})
export class FileComparison {
  @Field(() => Int, { description: 'How many files the second version alone lists.' })
  readonly addedCount!: number;

  @Field(() => Int, { description: 'How many files the first version alone lists.' })
  readonly removedCount!: number;

  @Field(() => Int, { description: 'How many files have another content.' })
  readonly changedCount!: number;

  @Field(() => Int, { description: 'How many files are the same in both.' })
  readonly equalCount!: number;
}

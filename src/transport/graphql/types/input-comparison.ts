import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType('InputComparison', {
  simpleResolvers: true,
  description:
    'The versions that two runs read, as far as the viewer may read them: each is in one of ' +
    'these lists, in the order of ids.',
})
export class InputComparison {
  @Field(() => Int, { description: 'How many versions both read.' })
  readonly sameCount!: number;

  @Field(() => Int, { description: 'How many pairs of versions are equal in content.' })
  readonly sameContentCount!: number;

  @Field(() => Int, { description: 'How many the second run alone read.' })
  readonly addedCount!: number;

  @Field(() => Int, { description: 'How many the first run alone read.' })
  readonly removedCount!: number;
}

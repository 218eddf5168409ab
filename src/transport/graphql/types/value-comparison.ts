import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType('ValueComparison', {
  simpleResolvers: true,
  description:
    'Values of two things compared one by one: objects and lists are taken apart, and what is ' +
    'empty is a value too. More than 50,000 values on one side are refused.',
})
export class ValueComparison {
  @Field(() => Int, { description: 'How many values differ.' })
  readonly differenceCount!: number;

  @Field(() => Int, { description: 'How many values are the same in both.' })
  readonly equalCount!: number;
}

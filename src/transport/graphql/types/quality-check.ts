import { Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.ts';

@ObjectType('QualityAssertion', {
  simpleResolvers: true,
  description: 'Something that was checked of a version.',
})
export class QualityAssertion {
  @Field(() => String, { nullable: true, description: 'What was checked, for example "not_null".' })
  readonly assertion!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it holds.' })
  readonly success!: boolean | null;

  @Field(() => String, { nullable: true, description: 'The column; null for the whole dataset.' })
  readonly column!: string | null;
}

@ObjectType('QualityCheck', {
  description: 'Assertions about a version that were checked together.',
})
export class QualityCheck {
  @Field(() => DateTime, { description: 'Time of the event that told of them.' })
  readonly at!: string;

  @Field(() => Int, { description: 'How many of them hold.' })
  readonly passed!: number;

  @Field(() => Int, { description: 'How many of them do not hold.' })
  readonly failed!: number;
}

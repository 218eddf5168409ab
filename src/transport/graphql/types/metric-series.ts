import { Field, Int, ObjectType } from 'type-graphql';
import { MetricPoint } from './metric-point.ts';

@ObjectType('MetricSeries', {
  simpleResolvers: true,
  description: 'The values of one metric over a run.',
})
export class MetricSeries {
  @Field(() => String, { description: 'Name of the metric.' })
  readonly key!: string;

  @Field(() => [MetricPoint], {
    description:
      'At most `samples` of the values, in order. Of each stretch the lowest, the highest and ' +
      'the first that is not finite stay.',
  })
  readonly points!: readonly MetricPoint[];

  @Field(() => Int, { description: 'How many values were read, before any were left out.' })
  readonly count!: number;

  @Field(() => Boolean, {
    description:
      'False when the history, or all histories of the request, were too long to be read whole.',
  })
  readonly complete!: boolean;
}

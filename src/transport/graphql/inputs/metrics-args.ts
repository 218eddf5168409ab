import { ArgsType, Field, Int } from 'type-graphql';

/** Points of a metric when nothing is said. */
export const SAMPLES_DEFAULT = 500;

@ArgsType()
export class MetricsArgs {
  @Field(() => [String], { description: 'Names of the metrics, at most 100.' })
  readonly keys!: readonly string[];

  @Field(() => Int, {
    defaultValue: SAMPLES_DEFAULT,
    description: 'Most points of each metric, from 1 to 10000.',
  })
  readonly samples!: number;
}

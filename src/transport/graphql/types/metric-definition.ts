import { Field, ObjectType } from 'type-graphql';
import { MetricGoal } from '../enums/metric-goal.ts';
import { MetricSummary } from '../enums/metric-summary.ts';
import { NameKind } from '../enums/name-kind.ts';

@ObjectType('MetricDefinition', {
  simpleResolvers: true,
  description: 'What a run says of a metric, as with `define_metric` of the wandb SDK.',
})
export class MetricDefinition {
  @Field(() => String, { description: 'The name, or the pattern that names fit.' })
  readonly name!: string;

  @Field(() => NameKind, { description: 'Whether the name is a pattern.' })
  readonly nameKind!: keyof typeof NameKind;

  @Field(() => String, {
    nullable: true,
    description: 'The metric that its steps are counted by; null: the steps of the run.',
  })
  readonly stepMetric!: string | null;

  @Field(() => Boolean, { description: 'Whether it is left out of charts by default.' })
  readonly isHidden!: boolean;

  @Field(() => [MetricSummary], {
    description: 'What of its values stands in the summary; empty: the last one.',
  })
  readonly summary!: ReadonlyArray<keyof typeof MetricSummary>;

  @Field(() => MetricGoal, { nullable: true, description: 'Which values are the better ones.' })
  readonly goal!: keyof typeof MetricGoal | null;
}

import { Field, Float, ObjectType } from 'type-graphql';

@ObjectType('MetricPoint', {
  simpleResolvers: true,
  description: 'One value of a metric.',
})
export class MetricPoint {
  @Field(() => Float, { description: 'Step as the client counts, or the number of the row.' })
  readonly step!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'The value; null when it is not finite, which `special` then tells.',
  })
  readonly value!: number | null;

  @Field(() => String, {
    nullable: true,
    description: '"NaN", "Infinity" or "-Infinity" where the value is not finite, else null.',
  })
  readonly special!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Seconds since 1970-01-01T00:00:00Z, where the client stated them.',
  })
  readonly timestamp!: number | null;
}

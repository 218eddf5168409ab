import { Field, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.ts';

@ObjectType('DatasetUse', {
  description: 'What a run or a job says of a dataset that it reads or writes.',
})
export class DatasetUse {
  @Field(() => String, { description: 'The store, as the run names it.' })
  readonly namespace!: string;

  @Field(() => String, { description: 'The name there, as the run names it.' })
  readonly name!: string;

  @Field(() => DateTime, { description: 'Time of the first event that named it.' })
  readonly firstAt!: string;
}

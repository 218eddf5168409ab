import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY, OCCURRED_AT } from './common-fields.ts';

@InputType('StopRunInput', { description: 'A run that is to stop.' })
export class StopRunInput {
  @Field(() => ID, { description: 'The run, which must be RUNNING.' })
  readonly run!: string;

  @Field(() => DateTime, OCCURRED_AT)
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

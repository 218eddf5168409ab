import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY, OCCURRED_AT } from './common-fields.ts';

@InputType('SetAliasInput', { description: 'An alias that is to lead to a version.' })
export class SetAliasInput {
  @Field(() => ID, { description: 'The version that it is to lead to.' })
  readonly version!: string;

  @Field(() => String, { description: 'Name of the alias; it leaves the version it leads to now.' })
  readonly alias!: string;

  @Field(() => DateTime, OCCURRED_AT)
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY, OCCURRED_AT } from './common-fields.ts';
import { RunDescriptionInput } from './run-description-input.ts';

@InputType('UpdateRunInput', {
  description:
    'What is to be said of a run from now on. What is left out stays, null takes a value away, ' +
    'and config, environment and tags are replaced as a whole.',
})
export class UpdateRunInput extends RunDescriptionInput {
  @Field(() => ID, { description: 'The run.' })
  readonly run!: string;

  @Field(() => DateTime, OCCURRED_AT)
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

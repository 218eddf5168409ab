import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import type { Value } from '../../../domain/values/value.ts';
import { DateTime } from '../scalars/date-time.ts';
import { JsonScalar } from '../scalars/json.ts';
import { IDEMPOTENCY_KEY, OCCURRED_AT } from './common-fields.ts';

@InputType('UpdateVersionInput', {
  description:
    'What is to be said of a version from now on; its content never changes. What is left out ' +
    'stays, null takes a value away, and metadata and tags are replaced as a whole.',
})
export class UpdateVersionInput {
  @Field(() => ID, { description: 'The version.' })
  readonly version!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What is to be said of it: an object.' })
  readonly metadata?: Value;

  @Field(() => [String], { nullable: true, description: 'Its tags, at most 256.' })
  readonly tags?: readonly string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'What it is. Kept so that it can be erased with its writer.',
  })
  readonly description?: string | null;

  @Field(() => DateTime, OCCURRED_AT)
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

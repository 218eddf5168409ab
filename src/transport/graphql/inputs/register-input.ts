import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY, OCCURRED_AT } from './common-fields.ts';

@InputType('RegisterInput', {
  description: 'A model version that is to come under the name of a registered model.',
})
export class RegisterInput {
  @Field(() => ID, { description: 'The model version.' })
  readonly version!: string;

  @Field(() => String, {
    description:
      'The registered model: "team/project/name", or the name alone with `project`, or the name ' +
      'alone where only one registered model that the viewer may read has it.',
  })
  readonly model!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The project that the registered model lives in, by id or as "team/project". A registered ' +
      'model that is not there yet is made in it.',
  })
  readonly project?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What the registered model is for; replaces what was said before. Kept so that it can be ' +
      'erased with its writer.',
  })
  readonly description?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What is to be said of this registration. Kept so that it can be erased with its writer.',
  })
  readonly note?: string | null;

  @Field(() => DateTime, OCCURRED_AT)
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

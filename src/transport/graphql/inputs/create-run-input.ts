import { Field, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY } from './common-fields.ts';
import { RunDescriptionInput } from './run-description-input.ts';

@InputType('CreateRunInput', { description: 'A run to create.' })
export class CreateRunInput extends RunDescriptionInput {
  @Field(() => String, { description: 'Its project: an id, or "team/project".' })
  readonly project!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Natural name, unique within the project, for ever; made when left out.',
  })
  readonly name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the job that it is an execution of; made when it is new.',
  })
  readonly job?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it started; now when left out.' })
  readonly occurredAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

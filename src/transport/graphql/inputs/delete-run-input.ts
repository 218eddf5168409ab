import { Field, ID, InputType } from 'type-graphql';
import { DELETION_REASON, IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('DeleteRunInput', { description: 'A run that is to be deleted.' })
export class DeleteRunInput {
  @Field(() => ID, { description: 'The run, which must have ended.' })
  readonly run!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'True deletes the versions that it made too, at most 100, all or none of them; else they ' +
      'keep it.',
  })
  readonly deleteVersions!: boolean;

  @Field(() => String, DELETION_REASON)
  readonly reason?: string | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

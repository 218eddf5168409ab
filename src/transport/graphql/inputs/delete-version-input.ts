import { Field, ID, InputType } from 'type-graphql';
import { DELETION_REASON, IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('DeleteVersionInput', { description: 'A version that is to be deleted.' })
export class DeleteVersionInput {
  @Field(() => ID, { description: 'The version.' })
  readonly version!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'True takes its aliases away; else any but "latest" keeps it.',
  })
  readonly deleteAliases!: boolean;

  @Field(() => String, DELETION_REASON)
  readonly reason?: string | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

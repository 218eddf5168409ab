import { Field, ID, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('CreateSignInKeyInput', { description: 'For whom to make a key for signing in.' })
export class CreateSignInKeyInput {
  @Field(() => ID, { description: 'The person. Their earlier key ends.' })
  readonly person!: string;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

import { Field, ID, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('RevokeApiKeyInput', { description: 'An API key to end at once.' })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: 'Id of the key.' })
  readonly key!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'Whose it is; needed only for keys of the first release, whose ids do not tell. The viewer ' +
      'when left out.',
  })
  readonly actor?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why. Kept so that it can be erased with its writer.',
  })
  readonly reason?: string | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

import { Field, ID, InputType, Int } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('RotateApiKeyInput', { description: 'An API key to put another in the place of.' })
export class RotateApiKeyInput {
  @Field(() => ID, { description: 'Id of the key.' })
  readonly key!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'Whose it is; needed only for keys of the first release, whose ids do not tell. The viewer ' +
      'when left out.',
  })
  readonly actor?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'For how many hours the old key goes on, from 0 to 168; 24 when left out.',
  })
  readonly overlapHours?: number | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

import { Field, ID, InputType } from 'type-graphql';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('RevokeGrantInput', { description: 'A grant to end at once.' })
export class RevokeGrantInput {
  @Field(() => ID, { description: 'Id of the grant.' })
  readonly grant!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Whose it is; needed only for grants of the first release, whose ids do not tell.',
  })
  readonly from?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why. Kept so that it can be erased with its writer.',
  })
  readonly reason?: string | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

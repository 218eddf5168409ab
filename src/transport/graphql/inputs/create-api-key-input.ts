import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('CreateApiKeyInput', { description: 'An API key to make.' })
export class CreateApiKeyInput {
  @Field(() => ID, { description: 'The actor whose key it is to be.' })
  readonly actor!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'What it is good for, for example ["record.read"]. When left out, all that the actor may ' +
      'do, or what the key that is shown is limited to.',
  })
  readonly actions?: readonly string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where it is good: "team/<team>" or "project/<team>/<project>". When left out, wherever ' +
      'the actor has a role, or where the key that is shown is good.',
  })
  readonly scope?: string | null;

  @Field(() => DateTime, {
    description: 'When it ends: in at most 366 days, and no later than the key that is shown.',
  })
  readonly expiresAt!: Instant;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

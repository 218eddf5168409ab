import { Field, ID, InputType } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { Role } from '../enums/role.ts';
import { DateTime } from '../scalars/date-time.ts';
import { IDEMPOTENCY_KEY } from './common-fields.ts';

@InputType('GrantInput', { description: 'A role to grant.' })
export class GrantInput {
  @Field(() => ID, { description: 'The actor who is to have it; anybody but oneself.' })
  readonly to!: string;

  @Field(() => Role, { description: 'The role. One gives only what one may do there oneself.' })
  readonly role!: keyof typeof Role;

  @Field(() => String, { description: '"org", "team/<team>" or "project/<team>/<project>".' })
  readonly scope!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Why. Kept so that it can be erased with its writer.',
  })
  readonly reason?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it ends; never when left out. No later than the rights of who grants it.',
  })
  readonly expiresAt?: Instant | null;

  @Field(() => String, IDEMPOTENCY_KEY)
  readonly idempotencyKey?: string | null;
}

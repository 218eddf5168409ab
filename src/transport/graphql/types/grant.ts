import { Field, ID, ObjectType } from 'type-graphql';
import { Role } from '../enums/role.ts';
import { DateTime } from '../scalars/date-time.ts';

@ObjectType('Grant', {
  simpleResolvers: true,
  description: 'A role that an actor has within a scope.',
})
export class Grant {
  @Field(() => ID, { description: 'Id of the grant.' })
  readonly id!: string;

  @Field(() => Role, { description: 'What the grant permits.' })
  readonly role!: keyof typeof Role;

  @Field(() => String, { description: '"org", "team/<team>" or "project/<team>/<project>".' })
  readonly scope!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ends; null: never by itself.' })
  readonly expiresAt!: string | null;
}

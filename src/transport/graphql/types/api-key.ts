import { Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.ts';

@ObjectType('ApiKey', {
  simpleResolvers: true,
  description: 'An API key, without the key itself. It never gives more than its owner may do.',
})
export class ApiKey {
  @Field(() => ID, { description: 'Id of the key; entries of the audit log name it as "via".' })
  readonly id!: string;

  @Field(() => String, { description: 'The first characters of the key, to tell keys apart.' })
  readonly prefix!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ends; null: never by itself.' })
  readonly expiresAt!: string | null;

  @Field(() => Boolean, { description: 'Whether it was ended before its time.' })
  readonly revoked!: boolean;
}

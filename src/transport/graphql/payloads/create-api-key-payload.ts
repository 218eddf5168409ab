import { Field, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.ts';
import { ApiKey } from '../types/api-key.ts';
import { Payload } from './payload.ts';

@ObjectType('CreateApiKeyPayload', {
  simpleResolvers: true,
  description: 'The key that was made.',
})
export class CreateApiKeyPayload extends Payload {
  @Field(() => String, {
    nullable: true,
    description: 'The key itself. Null when the same request came before: it is shown once.',
  })
  readonly key!: string | null;

  @Field(() => ApiKey, { description: 'What is kept of it.' })
  readonly apiKey!: ApiKey;

  @Field(() => String, { description: 'The first characters of the key.' })
  readonly prefix!: string;

  @Field(() => DateTime, { description: 'When it ends.' })
  readonly expiresAt!: string;
}

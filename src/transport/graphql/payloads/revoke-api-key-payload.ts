import { Field, ObjectType } from 'type-graphql';
import { ApiKey } from '../types/api-key.ts';
import { Payload } from './payload.ts';

@ObjectType('RevokeApiKeyPayload', { simpleResolvers: true, description: 'The key that ended.' })
export class RevokeApiKeyPayload extends Payload {
  @Field(() => ApiKey, { description: 'The key.' })
  readonly apiKey!: ApiKey;

  @Field(() => [String], {
    description: 'API keys that took its place by rotation and are good still, if any.',
  })
  readonly warnings!: readonly string[];
}

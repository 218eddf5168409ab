import { Field, ObjectType } from 'type-graphql';
import { ApiKey } from '../types/api-key.ts';
import { CreateApiKeyPayload } from './create-api-key-payload.ts';

@ObjectType('RotateApiKeyPayload', {
  simpleResolvers: true,
  description: 'The key that was made in the place of another.',
})
export class RotateApiKeyPayload extends CreateApiKeyPayload {
  @Field(() => ApiKey, { description: 'The old key, with the end that it has now.' })
  readonly replaced!: ApiKey;
}

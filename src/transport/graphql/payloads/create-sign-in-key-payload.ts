import { ObjectType } from 'type-graphql';
import { CreatePersonPayload } from './create-person-payload.ts';

@ObjectType('CreateSignInKeyPayload', {
  simpleResolvers: true,
  description: 'The key for signing in, which is shown this once.',
})
export class CreateSignInKeyPayload extends CreatePersonPayload {}

import { Field, ObjectType } from 'type-graphql';
import { Registration } from '../types/registration.ts';
import { Payload } from './payload.ts';

@ObjectType('RegisterPayload', {
  simpleResolvers: true,
  description: 'The registration, new or found.',
})
export class RegisterPayload extends Payload {
  @Field(() => Registration, {
    nullable: true,
    description:
      'The registration; the one that is there when the version was registered before. Null ' +
      'where the viewer may not read it.',
  })
  readonly registration!: Registration | null;
}

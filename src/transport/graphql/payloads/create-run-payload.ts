import { Field, ObjectType } from 'type-graphql';
import { Run } from '../types/run.ts';
import { Payload } from './payload.ts';

@ObjectType('CreateRunPayload', { simpleResolvers: true, description: 'The run that was created.' })
export class CreateRunPayload extends Payload {
  @Field(() => Run, { description: 'The run.' })
  readonly run!: Run;
}

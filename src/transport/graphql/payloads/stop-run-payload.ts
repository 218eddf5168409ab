import { Field, ObjectType } from 'type-graphql';
import { Run } from '../types/run.ts';
import { Payload } from './payload.ts';

@ObjectType('StopRunPayload', {
  simpleResolvers: true,
  description: 'The run that was asked to stop.',
})
export class StopRunPayload extends Payload {
  @Field(() => Run, {
    nullable: true,
    description: 'The run as it is now; null where the viewer may not read it.',
  })
  readonly run!: Run | null;
}

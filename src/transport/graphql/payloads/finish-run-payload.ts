import { Field, ObjectType } from 'type-graphql';
import { Run } from '../types/run.ts';
import { Payload } from './payload.ts';

@ObjectType('FinishRunPayload', {
  simpleResolvers: true,
  description: 'The run that was finished.',
})
export class FinishRunPayload extends Payload {
  @Field(() => Run, {
    nullable: true,
    description: 'The run as it is now; null where the viewer may not read it.',
  })
  readonly run!: Run | null;
}

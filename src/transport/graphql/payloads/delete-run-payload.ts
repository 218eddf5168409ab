import { Field, ObjectType } from 'type-graphql';
import { Run } from '../types/run.ts';
import { Payload } from './payload.ts';

@ObjectType('DeleteRunPayload', {
  simpleResolvers: true,
  description: 'The run that was deleted.',
})
export class DeleteRunPayload extends Payload {
  @Field(() => Run, {
    nullable: true,
    description: 'What stays of the run; null where the viewer may not read it.',
  })
  readonly run!: Run | null;
}

import { Field, ObjectType } from 'type-graphql';
import { Run } from '../types/run.ts';
import { Payload } from './payload.ts';

@ObjectType('RecordLineagePayload', {
  simpleResolvers: true,
  description: 'The run whose lineage was recorded.',
})
export class RecordLineagePayload extends Payload {
  @Field(() => Run, {
    nullable: true,
    description: 'The run; null where the viewer may not read it.',
  })
  readonly run!: Run | null;
}

import { Field, ObjectType } from 'type-graphql';
import { Project } from '../types/project.ts';
import { Payload } from './payload.ts';

@ObjectType('CreateProjectPayload', {
  simpleResolvers: true,
  description: 'The project that was created.',
})
export class CreateProjectPayload extends Payload {
  @Field(() => Project, { nullable: true, description: 'The project.' })
  readonly project!: Project;
}

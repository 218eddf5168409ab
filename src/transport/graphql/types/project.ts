import { Field, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.ts';
import { Node } from './node.ts';

@ObjectType('Project', {
  implements: [Node],
  simpleResolvers: true,
  description: 'Where runs and versions are recorded, and what access is granted to.',
})
export class Project extends Node {
  @Field(() => String, { description: 'Natural name, unique within the team.' })
  readonly name!: string;

  @Field(() => DateTime, { description: 'When the hub first recorded the project.' })
  readonly recordedAt!: string;
}

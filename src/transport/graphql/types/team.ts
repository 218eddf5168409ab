import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.ts';

@ObjectType('Team', {
  implements: [Node],
  simpleResolvers: true,
  description: 'A team of the organization. Projects belong to teams.',
})
export class Team extends Node {
  @Field(() => String, { description: 'Natural name, unique within the organization.' })
  readonly name!: string;
}

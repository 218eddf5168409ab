import { ObjectType } from 'type-graphql';
import { Node } from './node.ts';

@ObjectType('Actor', {
  implements: [Node],
  simpleResolvers: true,
  description: 'Who does something: a person, a service account, or the hub itself.',
})
export class Actor extends Node {}

import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', { description: 'Anything that has a global id.' })
export abstract class Node {
  @Field(() => ID, { description: 'Global id; it never changes.' })
  readonly id!: string;
}

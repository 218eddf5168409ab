import { Field, ObjectType } from 'type-graphql';
import { LineageNode } from './lineage-node.ts';

@ObjectType('Comparison', {
  simpleResolvers: true,
  description: 'Two runs or two versions beside each other. What is equal is only counted.',
})
export class Comparison {
  @Field(() => LineageNode, { description: 'The first.' })
  readonly a!: LineageNode;

  @Field(() => LineageNode, { description: 'The second.' })
  readonly b!: LineageNode;
}

import { Field, ObjectType } from 'type-graphql';
import { Digest } from '../scalars/digest.ts';
import { LineageNode } from './lineage-node.ts';

@ObjectType('InputPair', {
  simpleResolvers: true,
  description: 'Two versions of one content, each read by one of two compared runs.',
})
export class InputPair {
  @Field(() => Digest, { description: 'The digest that both have.' })
  readonly digest!: string;

  @Field(() => LineageNode, { description: 'What the first run read.' })
  readonly a!: LineageNode;

  @Field(() => LineageNode, { description: 'What the second run read.' })
  readonly b!: LineageNode;
}

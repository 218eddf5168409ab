import { Field, ID, InterfaceType } from 'type-graphql';
import { LineageKind } from '../enums/lineage-kind.ts';

@InterfaceType('GraphElement', {
  description:
    'What a walk returns: a node that the viewer may read, or a Restricted element that stands ' +
    'in for a connected run of nodes that the viewer may not see.',
})
export abstract class GraphElement {
  @Field(() => ID, { description: 'Global id; it never changes.' })
  readonly id!: string;

  @Field(() => LineageKind, { description: 'What the element is.' })
  readonly kind!: LineageKind;

  @Field(() => String, { description: 'Natural name, unique within its container, for ever.' })
  readonly name!: string;
}

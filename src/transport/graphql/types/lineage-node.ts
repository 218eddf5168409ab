import { Field, InterfaceType } from 'type-graphql';
import { DateTime } from '../scalars/date-time.ts';
import { GraphElement } from './graph-element.ts';
import { Node } from './node.ts';

@InterfaceType('LineageNode', {
  implements: [GraphElement, Node],
  description: 'A node of the lineage graph that the viewer may read.',
})
export abstract class LineageNode extends GraphElement {
  @Field(() => DateTime, { description: 'When the hub first recorded the node.' })
  readonly recordedAt!: string;
}

/** What an object type of a lineage node lists under `implements`. */
export const LINEAGE_NODE = [LineageNode, GraphElement, Node];

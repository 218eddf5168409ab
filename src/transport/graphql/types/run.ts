import { ObjectType } from 'type-graphql';
import { Faceted } from './faceted.ts';
import { LINEAGE_NODE, LineageNode } from './lineage-node.ts';

@ObjectType('Run', {
  implements: [Faceted, ...LINEAGE_NODE],
  simpleResolvers: true,
  description: 'One execution: a training, an evaluation, a step of a pipeline.',
})
export class Run extends LineageNode {}

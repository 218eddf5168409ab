import { ObjectType } from 'type-graphql';
import { LINEAGE_NODE, LineageNode } from './lineage-node.ts';

@ObjectType('Run', {
  implements: LINEAGE_NODE,
  simpleResolvers: true,
  description: 'One execution: a training, an evaluation, a step of a pipeline.',
})
export class Run extends LineageNode {}

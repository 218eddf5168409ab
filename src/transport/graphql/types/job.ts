import { ObjectType } from 'type-graphql';
import { Faceted } from './faceted.ts';
import { LINEAGE_NODE, LineageNode } from './lineage-node.ts';

@ObjectType('Job', {
  implements: [Faceted, ...LINEAGE_NODE],
  simpleResolvers: true,
  description: 'What is executed again and again; each time is a run.',
})
export class Job extends LineageNode {}

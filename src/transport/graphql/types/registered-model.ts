import { ObjectType } from 'type-graphql';
import { LINEAGE_NODE, LineageNode } from './lineage-node.ts';

@ObjectType('RegisteredModel', {
  implements: LINEAGE_NODE,
  simpleResolvers: true,
  description:
    'A name in a registry, which is a project, that model versions are registered under. Names ' +
    'are unique within their project.',
})
export class RegisteredModel extends LineageNode {}

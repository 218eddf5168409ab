import { InterfaceType } from 'type-graphql';
import { GraphElement } from './graph-element.ts';
import { LINEAGE_NODE, LineageNode } from './lineage-node.ts';
import { Node } from './node.ts';

@InterfaceType('ArtifactCollection', {
  implements: [LineageNode, GraphElement, Node],
  description: 'The versions that bear one name: a dataset, a model or another artifact.',
})
export abstract class ArtifactCollection extends LineageNode {}

/** What an object type of a collection lists under `implements`. */
export const ARTIFACT_COLLECTION = [ArtifactCollection, ...LINEAGE_NODE];

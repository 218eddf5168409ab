import { InterfaceType } from 'type-graphql';
import { GraphElement } from './graph-element.ts';
import { LINEAGE_NODE, LineageNode } from './lineage-node.ts';
import { Node } from './node.ts';

@InterfaceType('ArtifactVersion', {
  implements: [LineageNode, GraphElement, Node],
  description: 'A version of a dataset, a model or another artifact. Its content never changes.',
})
export abstract class ArtifactVersion extends LineageNode {}

/** What an object type of a version lists under `implements`. */
export const ARTIFACT_VERSION = [ArtifactVersion, ...LINEAGE_NODE];

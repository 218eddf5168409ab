import type { GraphContext } from './graph-context.ts';
import { rowOf, type ShownNode } from './shown-node.ts';

/** The foreign names of a node, cut at the first colon; one without a scheme has an empty one. */
export async function identifiersOf(node: ShownNode, context: GraphContext) {
  const { identifiers } = await rowOf(node, context);
  return identifiers.map((text) => {
    const colon = text.indexOf(':');
    return { scheme: text.slice(0, Math.max(0, colon)), value: text.slice(colon + 1) };
  });
}

import { ObjectType } from 'type-graphql';
import { GraphElement } from './graph-element.ts';

@ObjectType('Restricted', {
  implements: [GraphElement],
  simpleResolvers: true,
  description:
    'Stands in for a connected run of nodes that the viewer may not see. Its id means something ' +
    'to this viewer alone, its kind is that of the nearest node, its name is "restricted".',
})
export class Restricted extends GraphElement {}

import { registerEnumType } from 'type-graphql';
import type { EdgeKind } from '../../../domain/lineage/kinds.ts';

export const LineageEdgeKind = {
  USED: 'USED',
  WAS_GENERATED_BY: 'WAS_GENERATED_BY',
  WAS_DERIVED_FROM: 'WAS_DERIVED_FROM',
  WAS_ASSOCIATED_WITH: 'WAS_ASSOCIATED_WITH',
  WAS_ATTRIBUTED_TO: 'WAS_ATTRIBUTED_TO',
  ACTED_ON_BEHALF_OF: 'ACTED_ON_BEHALF_OF',
  VERSION_OF: 'VERSION_OF',
  ALIASES: 'ALIASES',
  REGISTERS: 'REGISTERS',
  ALTERNATE_OF: 'ALTERNATE_OF',
  WROTE_TO: 'WROTE_TO',
  READ_FROM: 'READ_FROM',
} as const satisfies Record<EdgeKind, EdgeKind>;

registerEnumType(LineageEdgeKind, {
  name: 'LineageEdgeKind',
  description: 'How two nodes hang together. Edges point to the past; the words are W3C PROV’s.',
  valuesConfig: {
    USED: { description: 'A run read a version.' },
    WAS_GENERATED_BY: { description: 'A version was made by a run.' },
    WAS_DERIVED_FROM: { description: 'A version was made from another one.' },
    WAS_ASSOCIATED_WITH: { description: 'A run was started by an actor.' },
    WAS_ATTRIBUTED_TO: { description: 'A version is owed to an actor.' },
    ACTED_ON_BEHALF_OF: { description: 'An actor stood in for another one.' },
    VERSION_OF: { description: 'A version belongs to a collection.' },
    ALIASES: { description: 'An alias leads to a version.' },
    REGISTERS: { description: 'A registration put a version under a registered model.' },
    ALTERNATE_OF: { description: 'A dataset is another one under another name.' },
    WROTE_TO: { description: 'A run of a pipeline wrote to a dataset, at validFrom.' },
    READ_FROM: { description: 'A run read what a dataset held at validFrom.' },
  },
});

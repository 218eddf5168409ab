import { Field, ID, ObjectType } from 'type-graphql';
import { LineageEdgeKind } from '../enums/lineage-edge-kind.ts';
import { DateTime } from '../scalars/date-time.ts';

@ObjectType('LineageEdge', {
  simpleResolvers: true,
  description: 'An edge between two elements of the same answer. It points to the past.',
})
export class LineageEdge {
  @Field(() => LineageEdgeKind, { description: 'How the two hang together.' })
  readonly kind!: keyof typeof LineageEdgeKind;

  @Field(() => ID, { description: 'Id of the later element.' })
  readonly from!: string;

  @Field(() => ID, { description: 'Id of the earlier element.' })
  readonly to!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the hub recorded it; null next to a Restricted element.',
  })
  readonly recordedAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'World time from which it holds; null next to a Restricted element.',
  })
  readonly occurredAt!: string | null;
}

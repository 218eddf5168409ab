import { Field, ID, Int, ObjectType } from 'type-graphql';
import { GraphElement } from './graph-element.ts';
import { LineageEdge } from './lineage-edge.ts';

@ObjectType('Subgraph', {
  simpleResolvers: true,
  description: 'A part of the lineage graph, nearest first.',
})
export class Subgraph {
  @Field(() => [GraphElement], { description: 'The root first, then what is nearest to it.' })
  readonly nodes!: readonly GraphElement[];

  @Field(() => [LineageEdge], {
    description: 'Edges among these nodes and from them to those of earlier pages, each once.',
  })
  readonly edges!: readonly LineageEdge[];

  @Field(() => Boolean, {
    description: 'True where depth or first cut the answer.',
  })
  readonly truncated!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the next page goes on, as its after; null when the walk is shown to its end. ' +
      'Past 10,000 nodes ask again from the frontier.',
  })
  readonly endCursor!: string | null;

  @Field(() => [ID], {
    description: 'Where the walk stopped although it goes on: roots of the next questions.',
  })
  readonly frontier!: readonly string[];

  @Field(() => [Int], {
    description: 'Depth of each of the nodes, in their order: its fewest steps from the root.',
  })
  readonly depths!: readonly number[];
}

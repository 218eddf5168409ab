import { Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType('ColumnTransformation', {
  simpleResolvers: true,
  description: 'How a column came from another, as OpenLineage says it.',
})
export class ColumnTransformation {
  @Field(() => String, { nullable: true, description: 'DIRECT or INDIRECT.' })
  readonly type!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'For example IDENTITY, TRANSFORMATION, AGGREGATION, JOIN or FILTER.',
  })
  readonly subtype!: string | null;

  @Field(() => String, { nullable: true, description: 'What the producer says of it.' })
  readonly description!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True where it hides what the column held, as a hash does.',
  })
  readonly masking!: boolean | null;
}

@ObjectType('ColumnLineageNode', {
  description:
    'A column of a version, or of a dataset of which it is not known which version was used. One ' +
    'that stands for columns which the viewer may not see has neither name, version nor dataset.',
})
export class ColumnLineageNode {
  @Field(() => ID, { description: 'Names it in the edges of the same answer.' })
  readonly id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the column; null where it is restricted.',
  })
  readonly column!: string | null;

  @Field(() => Int, { description: 'Its fewest steps from what was asked for.' })
  readonly depth!: number;
}

@ObjectType('ColumnLineageEdge', { description: 'One column came from another.' })
export class ColumnLineageEdge {
  @Field(() => ID, { description: 'The column that came from the other.' })
  readonly from!: string;

  @Field(() => ID, { description: 'The column that it came from.' })
  readonly to!: string;

  @Field(() => [ColumnTransformation], {
    description: 'How, the first 20; none where an end is restricted.',
  })
  readonly transformations!: readonly ColumnTransformation[];
}

@ObjectType('ColumnLineage', {
  simpleResolvers: true,
  description: 'Columns that others came from, nearest first.',
})
export class ColumnLineage {
  @Field(() => [ColumnLineageNode], {
    description: 'What was asked for first, then what is nearest.',
  })
  readonly columns!: readonly ColumnLineageNode[];

  @Field(() => [ColumnLineageEdge], {
    description: 'Edges among these columns and to those of earlier pages, each once for each run.',
  })
  readonly edges!: readonly ColumnLineageEdge[];

  @Field(() => Boolean, {
    description:
      'True where depth or first cut the answer, or a walk past 10,000 columns, 50,000 edges or ' +
      '1,000 versions.',
  })
  readonly truncated!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Where the next page goes on, as its after; null when all is shown.',
  })
  readonly endCursor!: string | null;
}

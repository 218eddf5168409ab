import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { GraphContext } from '../graph-context.ts';
import type { ShownColumn, ShownColumnEdge } from '../show-columns.ts';
import { showThin } from '../shown-node.ts';
import { ColumnLineageEdge, ColumnLineageNode } from '../types/column-lineage.ts';
import { Dataset } from '../types/dataset.ts';
import { DatasetVersion } from '../types/dataset-version.ts';
import { Run } from '../types/run.ts';

@Resolver(() => ColumnLineageNode)
export class ColumnLineageNodeResolver {
  @FieldResolver(() => DatasetVersion, {
    nullable: true,
    description: 'The version that it is a column of; null where that is not known.',
  })
  version(@Root() { version, times }: ShownColumn, @Ctx() context: GraphContext) {
    return version === null ? null : showThin(version, context, times);
  }

  @FieldResolver(() => Dataset, {
    nullable: true,
    description: 'The dataset; null where the hub has none of this name.',
  })
  dataset(@Root() { dataset, times }: ShownColumn, @Ctx() context: GraphContext) {
    return dataset === null ? null : showThin(dataset, context, times);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Namespace of the dataset where no version is known.',
  })
  namespace(@Root() { named }: ShownColumn) {
    return named?.namespace ?? null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Name of the dataset where no version is known.',
  })
  name(@Root() { named }: ShownColumn) {
    return named?.name ?? null;
  }

  @FieldResolver(() => Boolean, {
    description: 'True where it stands for connected columns that the viewer may not see.',
  })
  isRestricted(@Root() { column }: ShownColumn) {
    return column === null;
  }
}

@Resolver(() => ColumnLineageEdge)
export class ColumnLineageEdgeResolver {
  @FieldResolver(() => Run, {
    nullable: true,
    description: 'The run that it came by; null where the viewer may not read it or none is known.',
  })
  run(@Root() { run, times }: ShownColumnEdge, @Ctx() context: GraphContext) {
    return run === null ? null : showThin(run, context, times);
  }
}

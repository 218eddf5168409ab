import { Args, FieldResolver, Resolver, Root } from 'type-graphql';
import type { NodeRow } from '../../../domain/lineage/graph-rows.ts';
import { pageComplexity } from '../complexity.ts';
import { PageArgs } from '../inputs/page-args.ts';
import { listPage } from '../list-pages.ts';
import type { PageRequest } from '../paging.ts';
import { partQuestion, type ShownInputs } from '../shown-comparison.ts';
import { showNode } from '../shown-node.ts';
import { InputPairConnection, LineageNodeConnection } from '../types/connections.ts';
import { InputComparison } from '../types/input-comparison.ts';

@Resolver(() => InputComparison)
export class InputComparisonResolver {
  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'What both read.',
  })
  same(@Root() inputs: ShownInputs, @Args(() => PageArgs) request: PageArgs) {
    return nodesOf('same', inputs, request);
  }

  @FieldResolver(() => InputPairConnection, {
    complexity: pageComplexity,
    description: 'Versions that differ and have one digest: the same data under another name.',
  })
  sameContent(@Root() { lists, of }: ShownInputs, @Args(() => PageArgs) request: PageArgs) {
    const question = partQuestion('inputs.sameContent', of);
    return listPage(lists.sameContent, { request, question }, ({ digest, a, b }) => ({
      ...{ digest, a: showNode(a), b: showNode(b) },
    }));
  }

  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'What the second alone read.',
  })
  added(@Root() inputs: ShownInputs, @Args(() => PageArgs) request: PageArgs) {
    return nodesOf('added', inputs, request);
  }

  @FieldResolver(() => LineageNodeConnection, {
    complexity: pageComplexity,
    description: 'What the first alone read.',
  })
  removed(@Root() inputs: ShownInputs, @Args(() => PageArgs) request: PageArgs) {
    return nodesOf('removed', inputs, request);
  }
}

function nodesOf(
  list: 'same' | 'added' | 'removed',
  { lists, of }: ShownInputs,
  request: PageRequest,
) {
  const question = partQuestion(`inputs.${list}`, of);
  return listPage(lists[list], { request, question }, (row: NodeRow) => showNode(row));
}

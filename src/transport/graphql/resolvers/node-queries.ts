import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { DomainError } from '../../../domain/errors.ts';
import { resolveIdentifier } from '../../../projections/resolve-identifier.ts';
import type { GraphContext } from '../graph-context.ts';
import { IDS_MAX } from '../limits.ts';
import { eachOnce } from '../shared-answers.ts';
import { showFactOfId } from '../shown-fact.ts';
import { isLineageNode, showId, showRows } from '../shown-node.ts';
import { Actor } from '../types/actor.ts';
import { LineageNode } from '../types/lineage-node.ts';
import { Node } from '../types/node.ts';

@Resolver()
export class NodeQueries {
  @Query(() => Actor, { nullable: true, description: 'Who is asking.' })
  viewer(@Ctx() context: GraphContext) {
    return showId(context.reader.actor.ref, context);
  }

  @Query(() => Node, {
    nullable: true,
    description: 'The node with this id; null when there is none that the viewer may read.',
  })
  node(
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
    @Ctx() context: GraphContext,
  ) {
    return anyNode(id, context);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'The nodes with these ids, in their order; null where there is none to read.',
  })
  nodes(
    @Arg('ids', () => [ID], { description: 'Global ids, at most 500.' }) ids: string[],
    @Ctx() context: GraphContext,
  ) {
    if (ids.length > IDS_MAX) {
      throw new DomainError('LIMIT_EXCEEDED', `at most ${IDS_MAX} ids at once, not ${ids.length}`);
    }
    return Promise.all(eachOnce(ids, (id) => anyNode(id, context)));
  }

  @Query(() => [LineageNode], {
    description:
      'The nodes that an identifier means: a digest, a "scheme:value" of another system, a ' +
      'path "team/project/name" with or without ":version", or an id of the hub itself.',
  })
  async resolve(
    @Arg('identifier', () => String, { description: 'The identifier.' }) identifier: string,
    @Ctx() context: GraphContext,
  ) {
    const rows = await resolveIdentifier(identifier, context.reader, context.hub);
    for (const row of rows) context.notes.opened(row);
    return showRows(rows, context).filter(isLineageNode);
  }
}

/** Facts have ids of their own form and are no nodes of the graph. */
async function anyNode(id: string, context: GraphContext) {
  const fact = await showFactOfId(id, context);
  return fact === undefined ? showId(id, context) : fact;
}

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ShownAccess } from '../access-log-pages.ts';
import type { GraphContext } from '../graph-context.ts';
import { showActor } from '../shown-actor.ts';
import { isLineageNode, showThin } from '../shown-node.ts';
import { AccessEntry } from '../types/access-entry.ts';
import { Actor } from '../types/actor.ts';
import { LineageNode } from '../types/lineage-node.ts';

@Resolver(() => AccessEntry)
export class AccessEntryResolver {
  @FieldResolver(() => Actor, { description: 'Who read it.' })
  actor(@Root() { actor }: ShownAccess) {
    return showActor(actor);
  }

  @FieldResolver(() => LineageNode, {
    nullable: true,
    description: 'What was read; null where the viewer may not read it any more.',
  })
  async subject(@Root() { subjectId }: ShownAccess, @Ctx() context: GraphContext) {
    const node = await showThin(subjectId, context);
    return isLineageNode(node) ? node : null;
  }
}

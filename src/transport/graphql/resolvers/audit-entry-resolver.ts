import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { bodyOf, FACT_BODY_BYTES_MAX } from '../../../domain/audit/leaf.ts';
import { readableValue } from '../../../domain/values/value.ts';
import { LOOKUP_COST } from '../complexity.ts';
import type { GraphContext } from '../graph-context.ts';
import { JsonScalar } from '../scalars/json.ts';
import { showActor } from '../shown-actor.ts';
import type { ShownFact } from '../shown-fact.ts';
import { isLineageNode, showId, showThin } from '../shown-node.ts';
import { Actor } from '../types/actor.ts';
import { AuditEntry } from '../types/audit-entry.ts';
import { LineageNode } from '../types/lineage-node.ts';
import { Project } from '../types/project.ts';

@Resolver(() => AuditEntry)
export class AuditEntryResolver {
  @FieldResolver(() => Actor, { description: 'Who did it.' })
  actor(@Root() { content }: ShownFact) {
    return showActor(content.actor.ref);
  }

  @FieldResolver(() => Actor, { nullable: true, description: 'For whom it was done, if for any.' })
  onBehalfOf(@Root() { content }: ShownFact) {
    const { onBehalfOf } = content.actor;
    return onBehalfOf === null ? null : showActor(onBehalfOf);
  }

  @FieldResolver(() => LineageNode, {
    nullable: true,
    description: 'The node that it is about, where that is a node of the lineage graph.',
  })
  async subject(@Root() { content }: ShownFact, @Ctx() context: GraphContext) {
    const node = content.subject === null ? null : await showThin(content.subject.id, context);
    return isLineageNode(node) ? node : null;
  }

  @FieldResolver(() => ID, { nullable: true, description: 'Id of what it is about.' })
  subjectId(@Root() { content }: ShownFact) {
    return content.subject?.id ?? null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Kind of what it is about, for example "RUN" or "TEAM".',
  })
  subjectKind(@Root() { content }: ShownFact) {
    return content.subject?.kind ?? null;
  }

  @FieldResolver(() => Project, {
    nullable: true,
    description: 'The project that it speaks of; the first by id when there are several.',
  })
  project(@Root() { content }: ShownFact, @Ctx() context: GraphContext) {
    const [id] = content.projects;
    return id === undefined ? null : showId(id, context);
  }

  @FieldResolver(() => [Project], { description: 'Every project that it speaks of.' })
  async projects(@Root() { content }: ShownFact, @Ctx() context: GraphContext) {
    const projects = await Promise.all(content.projects.map((id) => showId(id, context)));
    return projects.filter((project) => project !== null);
  }

  @FieldResolver(() => JsonScalar, {
    nullable: true,
    complexity: LOOKUP_COST,
    description: 'What was decided, in full. Personal values are not in it.',
  })
  async body(@Root() { content }: ShownFact, @Ctx() { hub }: GraphContext) {
    const body = await bodyOf(content, (digest) => hub.objects.read(digest, FACT_BODY_BYTES_MAX));
    return readableValue(body);
  }
}

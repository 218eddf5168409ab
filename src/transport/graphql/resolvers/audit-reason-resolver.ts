import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { personalRefProp } from '../../../domain/audit/personal.ts';
import {
  isPermitted,
  type Permission,
  type Place,
} from '../../../domain/governance/permissions.ts';
import type { NodeId } from '../../../domain/lineage/node-id.ts';
import { instantFromMs } from '../../../domain/time.ts';
import { personalText } from '../../../projections/personal-text.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalSource } from '../personal-source.ts';
import type { ShownFact } from '../shown-fact.ts';
import { AuditEntry } from '../types/audit-entry.ts';

/** The field under which people write why they granted, revoked or ended something. */
const REASON = 'reason';
/** One of these, wherever the entry speaks of, opens what was written. */
const KNOWING: readonly Permission[] = ['audit.read', 'access.manage'];

@Resolver(() => AuditEntry)
export class AuditReasonResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Why, as whoever did it wrote, for them and for who has audit.read or access.manage there; ' +
      '"[erased]" after they were erased.',
  })
  async reason(@Root() { index, content }: ShownFact, @Ctx() context: GraphContext) {
    const held = content.personal.find(({ fields }) => fields.includes(REASON));
    if (!held) return null;
    const isOwn = content.actor.ref === context.reader.actor.ref;
    if (!isOwn && !(await mayKnowWhy(content.projects, context))) return null;
    const { person } = held;
    return personalText(
      personalRefProp({ fact: index, person, field: REASON }),
      personalSource(context),
    );
  }
}

async function mayKnowWhy(projects: readonly NodeId[], context: GraphContext): Promise<boolean> {
  const { hub, loaders, reader } = context;
  const now = instantFromMs(hub.clock.nowMs());
  const knows = (place: Place) =>
    KNOWING.some((permission) => isPermitted(reader.access, permission, { place, now }));
  if (projects.length === 0) return knows({});
  const rows = await Promise.all(projects.map((id) => loaders.node.load(id)));
  return rows.every(
    (row) => row !== null && knows({ team: String(row.props.teamName), project: row.name }),
  );
}

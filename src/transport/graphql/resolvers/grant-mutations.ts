import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { grantRole, revokeGrant } from '../../../commands/grants.ts';
import type { ActorRef } from '../../../domain/actor.ts';
import { DomainError } from '../../../domain/errors.ts';
import { holderOf, holdingId } from '../../../domain/governance/access-ids.ts';
import { grantOf } from '../../../domain/governance/permissions.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalOf } from '../input-values.ts';
import { GrantInput } from '../inputs/grant-input.ts';
import { RevokeGrantInput } from '../inputs/revoke-grant-input.ts';
import { grantWarnings } from '../key-warnings.ts';
import { GrantPayload } from '../payloads/grant-payload.ts';
import { RevokeGrantPayload } from '../payloads/revoke-grant-payload.ts';
import { recordsIn } from '../shown-key.ts';
import { submit } from '../submit.ts';

@Resolver()
export class GrantMutations {
  @Mutation(() => GrantPayload, {
    description:
      'Grants a role. Needs access.manage on the scope, and everything that the role permits ' +
      'there. Nobody grants a role to themself.',
  })
  async grant(
    @Arg('input', () => GrantInput, { description: 'The grant.' }) input: GrantInput,
    @Ctx() context: GraphContext,
  ) {
    const { role, scope, expiresAt = null, reason, idempotencyKey } = input;
    const to = input.to as ActorRef;
    const grantId = holdingId('grant', to, context.hub.ids.uuid());
    const personal = personalOf({ reason }, context);
    const asked = { grantId, to, role, scope, expiresAt, personal, idempotencyKey };
    const { subject, fact } = await submit(grantRole, asked, context);
    const { agent, grant } = recordsIn(fact);
    const row = await context.loaders.node.load(agent.id);
    const given = row && grantOf(row.props, String(grant?.id));
    const warnings = given ? await grantWarnings({ agent: row, scope: given.scope }, context) : [];
    return { grant: given, actor: subject, warnings, fact };
  }

  @Mutation(() => RevokeGrantPayload, {
    description: 'Ends a grant at once. Needs access.manage on its scope.',
  })
  async revokeGrant(
    @Arg('input', () => RevokeGrantInput, { description: 'The grant to end.' })
    input: RevokeGrantInput,
    @Ctx() context: GraphContext,
  ) {
    const { grant: grantId, reason, idempotencyKey } = input;
    const from = (holderOf(grantId, 'grant') ?? input.from ?? null) as ActorRef | null;
    if (from === null) throw new DomainError('NOT_FOUND', `there is no grant ${grantId}`);
    const asked = { from, grantId, personal: personalOf({ reason }, context), idempotencyKey };
    const { subject, fact } = await submit(revokeGrant, asked, context);
    return { actor: subject, fact };
  }
}

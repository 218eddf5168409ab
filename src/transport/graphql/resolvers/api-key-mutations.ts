import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  createApiKey,
  OVERLAP_HOURS_DEFAULT,
  revokeApiKey,
  rotateApiKey,
} from '../../../commands/api-keys.ts';
import type { ActorRef } from '../../../domain/actor.ts';
import { holderOf } from '../../../domain/governance/access-ids.ts';
import { newApiKey } from '../../http/keys.ts';
import type { GraphContext } from '../graph-context.ts';
import { personalOf } from '../input-values.ts';
import { CreateApiKeyInput } from '../inputs/create-api-key-input.ts';
import { RevokeApiKeyInput } from '../inputs/revoke-api-key-input.ts';
import { RotateApiKeyInput } from '../inputs/rotate-api-key-input.ts';
import { type Issued, issueKey } from '../issue-key.ts';
import { revocationWarnings } from '../key-warnings.ts';
import { CreateApiKeyPayload } from '../payloads/create-api-key-payload.ts';
import { RevokeApiKeyPayload } from '../payloads/revoke-api-key-payload.ts';
import { RotateApiKeyPayload } from '../payloads/rotate-api-key-payload.ts';
import { keyOfFact } from '../shown-key.ts';
import { record, showReceipt, submit } from '../submit.ts';

@Resolver()
export class ApiKeyMutations {
  @Mutation(() => CreateApiKeyPayload, {
    description:
      'Makes an API key, which is shown once. Needs access.manage where the actor is at home and ' +
      'wherever the actor has a role. A key with limits makes only keys within them, and one ' +
      'with an end none that lives longer.',
  })
  async createApiKey(
    @Arg('input', () => CreateApiKeyInput, { description: 'The key to make.' })
    input: CreateApiKeyInput,
    @Ctx() context: GraphContext,
  ) {
    const { actions = null, scope = null, expiresAt, idempotencyKey } = input;
    const actor = input.actor as ActorRef;
    const key = newApiKey(actor, context.hub.ids);
    const limits = { actions, scope, expiresAt };
    const asked = { actor, keyId: key.id, prefix: key.prefix, ...limits, idempotencyKey };
    const issued = await issueKey(
      { room: 'credential', holder: actor, key },
      () => record(createApiKey, asked, context),
      context.hub,
    );
    return madeKey(issued, context);
  }

  @Mutation(() => RotateApiKeyPayload, {
    description:
      'Makes a key with the limits and the length of life of another, which ends after the ' +
      'overlap; it lives no longer than the key that is shown. Everybody rotates keys of their ' +
      'own; for those of others it takes what making one takes.',
  })
  async rotateApiKey(
    @Arg('input', () => RotateApiKeyInput, { description: 'The key to rotate.' })
    input: RotateApiKeyInput,
    @Ctx() context: GraphContext,
  ) {
    const { key: keyId, idempotencyKey } = input;
    const overlapHours = input.overlapHours ?? OVERLAP_HOURS_DEFAULT;
    const actor = ownerOf(input, context);
    const key = newApiKey(actor, context.hub.ids);
    const { id: newKeyId, prefix } = key;
    const asked = { actor, keyId, newKeyId, prefix, overlapHours, idempotencyKey };
    const issued = await issueKey(
      { room: 'credential', holder: actor, key },
      () => record(rotateApiKey, asked, context),
      context.hub,
    );
    const made = await madeKey(issued, context);
    return { ...made, replaced: await keyOfFact(made.fact, 'replaces', context) };
  }

  @Mutation(() => RevokeApiKeyPayload, {
    description:
      'Ends an API key at once. Everybody revokes keys of their own; for those of others it ' +
      'takes access.manage where the actor is at home, and on the organization for who has a ' +
      'role there.',
  })
  async revokeApiKey(
    @Arg('input', () => RevokeApiKeyInput, { description: 'The key to end.' })
    input: RevokeApiKeyInput,
    @Ctx() context: GraphContext,
  ) {
    const { key: keyId, reason, idempotencyKey } = input;
    const personal = personalOf({ reason }, context);
    const actor = ownerOf(input, context);
    const asked = { actor, keyId, personal, idempotencyKey };
    const { fact } = await submit(revokeApiKey, asked, context);
    const apiKey = await keyOfFact(fact, 'key', context);
    const warnings = await revocationWarnings({ id: apiKey.id, owner: actor }, context);
    return { apiKey, warnings, fact };
  }
}

interface KeyNamed {
  readonly key: string;
  readonly actor?: string | null;
}

function ownerOf({ key, actor }: KeyNamed, { reader }: GraphContext): ActorRef {
  return holderOf(key, 'key') ?? ((actor ?? reader.actor.ref) as ActorRef);
}

async function madeKey({ receipt, shown }: Issued, context: GraphContext) {
  const { fact } = await showReceipt(receipt, context);
  const apiKey = await keyOfFact(fact, 'key', context);
  return { key: shown, apiKey, prefix: apiKey.prefix, expiresAt: apiKey.expiresAt, fact };
}

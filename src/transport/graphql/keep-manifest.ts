import { type RegisterVersionInput, registerVersion } from '../../commands/register-version.ts';
import { DomainError } from '../../domain/errors.ts';
import type { SealedManifest } from '../../domain/lineage/manifest.ts';
import type { Command } from '../../ledger/command.ts';
import type { GraphContext } from './graph-context.ts';
import { mayWriteTo } from './may-write-to.ts';

/**
 * Keeps a version's manifest and answers the command that names it. Who may not register the
 * version leaves no bytes behind: their command is put to the ledger all the same, which refuses
 * it and puts that on record.
 */
export async function keepManifest(
  manifest: SealedManifest | null,
  { project, owner, generatedBy }: Pick<RegisterVersionInput, 'project' | 'owner' | 'generatedBy'>,
  context: GraphContext,
): Promise<Command<RegisterVersionInput>> {
  if (manifest === null) return registerVersion;
  const places = [project, owner ?? project, ...(generatedBy === null ? [] : [generatedBy])];
  if (!(await mayWriteTo(places, context))) return WITHOUT_MANIFEST;
  await context.hub.objects.put(manifest.bytes, { expect: manifest.digest });
  return registerVersion;
}

/** Nothing is registered whose manifest was not kept, whoever was given a right meanwhile. */
const WITHOUT_MANIFEST: Command<RegisterVersionInput> = {
  ...registerVersion,
  decide: (input, context) => {
    const decision = registerVersion.decide(input, context);
    if (decision.kind === 'none') return decision;
    throw new DomainError('CONFLICT', 'access to the project changed meanwhile: ask once more');
  },
};

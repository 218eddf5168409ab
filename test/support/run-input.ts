import type { CreateRunInput } from '../../src/commands/create-run.ts';
import type { RegisterVersionInput } from '../../src/commands/register-version.ts';
import { sha256 } from '../../src/domain/digest.ts';
import { PROJECT } from './open-ledger.ts';

/** The start of a run, with what the test wants different. */
export function runInput(name: string, change: Partial<CreateRunInput> = {}): CreateRunInput {
  return {
    project: PROJECT,
    name,
    job: null,
    ifExists: 'refuse',
    displayName: null,
    group: null,
    jobType: null,
    tags: [],
    config: {},
    environment: {},
    code: null,
    client: null,
    ...change,
  };
}

/** A model version whose content is told apart by a text. */
export function versionInput(
  name: string,
  content: string,
  change: Partial<RegisterVersionInput> = {},
): RegisterVersionInput {
  return {
    project: PROJECT,
    kind: 'MODEL',
    name,
    type: 'model',
    identity: 'content',
    digest: sha256(content),
    uri: null,
    bytes: 'declared',
    sizeBytes: content.length,
    fileCount: 1,
    metadata: {},
    identifiers: [],
    aliases: [],
    generatedBy: null,
    client: null,
    ...change,
  };
}

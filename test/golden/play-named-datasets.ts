import { createProject } from '../../src/commands/create-project.ts';
import { createRun } from '../../src/commands/create-run.ts';
import { recordLineage } from '../../src/commands/record-lineage.ts';
import { registerVersion } from '../../src/commands/register-version.ts';
import { SYSTEM_ACTOR } from '../../src/domain/actor.ts';
import { sha256 } from '../../src/domain/digest.ts';
import { projectId } from '../../src/domain/lineage/names.ts';
import { ORG, type TestLedger } from '../support/open-ledger.ts';
import { runInput, versionInput } from '../support/run-input.ts';

/** Datasets as their stores name them: named first, described later, and the other way. */
export async function playNamedDatasets({ submit }: TestLedger): Promise<void> {
  const name = { team: 'main', project: 'lake' };
  await submit(createProject, { ...name, ifExists: 'refuse' }, SYSTEM_ACTOR);
  const owner = projectId(ORG, name);
  const namespace = 's3://lake';
  const owners = new Map([[namespace, owner]]);
  const run = (await submit(createRun, runInput('reader'))).subject?.id ?? '';
  const of = (own: string) => ({ namespace, name: own, digest: sha256(own) });
  const register = (own: string) => {
    const plain = versionInput(own, own, { kind: 'DATASET', type: 'dataset' });
    return submit(registerVersion, { ...plain, namespace, owner });
  };
  await submit(recordLineage, {
    ...{ run, inputs: [], outputs: [], owners },
    inputDatasets: [of('raw/customers.parquet'), of('naïve/данные')],
    outputDatasets: [of('made/features.parquet')],
  });
  await register('raw/customers.parquet');
  const later = await register('later.parquet');
  await submit(recordLineage, { run, inputs: [later.subject?.id ?? ''], outputs: [] });
  const again = { ...of('later.parquet') };
  const second = (await submit(createRun, runInput('reader-2'))).subject?.id ?? '';
  await submit(recordLineage, {
    ...{ run: second, inputs: [], outputs: [], owners },
    inputDatasets: [again],
  });
}

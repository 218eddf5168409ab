import { registerVersion } from '../../src/commands/register-version.ts';
import { updateCollection } from '../../src/commands/update-collection.ts';
import { updateVersion } from '../../src/commands/update-version.ts';
import { collectionId } from '../../src/domain/lineage/names.ts';
import { encodeValue, type JsonObject } from '../../src/domain/values/value.ts';
import { ORG, PROJECT, type TestLedger, TRAINER } from '../support/open-ledger.ts';
import { versionInput } from '../support/run-input.ts';

/** What is said of a version and of its collection, and taken away again. */
export async function playVersionSaid({ submit }: TestLedger): Promise<void> {
  const said = versionInput('described', 'bytes', { kind: 'DATASET' });
  const version = (await submit(registerVersion, said)).subject?.id ?? '';
  const personal = [{ person: TRAINER.ref, values: { description: 'rows of May' } }];
  const metadata = encodeValue({ rows: 3, worst: Number.NaN }) as JsonObject;
  await submit(updateVersion, { version, set: { metadata, tags: ['a'] }, clear: [], personal });
  await submit(updateVersion, { version, set: {}, clear: ['description'] });
  const of = { project: PROJECT, kind: 'DATASET', name: 'described' } as const;
  const collection = collectionId(ORG, of);
  await submit(updateCollection, { collection, set: { tags: ['b'] }, clear: [], personal });
  await submit(updateCollection, { collection, set: {}, clear: ['description'] });
}

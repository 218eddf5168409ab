import fc from 'fast-check';
import type { ActorRef } from '../../src/domain/actor.ts';
import { PERMISSIONS, ROLES } from '../../src/domain/governance/permissions.ts';
import { COLLECTION_KINDS, VERSION_KINDS } from '../../src/domain/lineage/kinds.ts';
import { RUN_STATUSES } from '../../src/domain/lineage/run-status.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { encodeValue, type JsonObject, type Value } from '../../src/domain/values/value.ts';
import { openLineageFact } from './openlineage-fact.ts';

export const SECRET = 'a personal text that must not come out';
export const PEOPLE: readonly ActorRef[] = [
  'act:018f6b3e-0000-7000-8000-000000000001',
  'act:018f6b3e-0000-7000-8000-000000000002',
];

const text = fc.string({ unit: 'binary', maxLength: 8 });
export const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const id = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 12 });
export const count = fc.nat();
const object = fc
  .dictionary(
    fc.oneof(text, fc.constantFrom('__proto__', 'status', '~personal')),
    fc.oneof(text, fc.double(), fc.bigInt(), fc.array(text), fc.constant(null)),
  )
  .map((value) => encodeValue(value as Value) as JsonObject);
const named = fc.record({ id, name: text });
const run = fc.record({ id, name: text, project: id });
const code = fc.record({
  repository: maybe(text),
  commit: maybe(text),
  dirty: maybe(fc.boolean()),
});
const told = {
  displayName: maybe(text),
  group: maybe(text),
  jobType: maybe(text),
  tags: fc.array(text),
  config: object,
  environment: object,
  code: maybe(code),
  client: maybe(object),
};
const collection = fc.record({
  id,
  kind: fc.constantFrom(...COLLECTION_KINDS),
  name: text,
  project: id,
});
const moves = fc.array(
  fc.record({
    alias: id,
    name: text,
    created: fc.boolean(),
    to: maybe(id),
    digest: maybe(text),
    at: fc.constantFrom('2026-01-02T03:04:05.678000Z', '1999-12-31T23:59:59.000001Z'),
    closes: maybe(fc.record({ to: id, since: count })),
  }),
);
const deletedVersion = fc.record({
  id,
  kind: fc.constantFrom(...VERSION_KINDS),
  name: text,
  project: id,
  collection: id,
  since: maybe(count),
  at: fc.constantFrom('2026-01-02T03:04:05.678000Z', '1999-12-31T23:59:59.000001Z'),
  anew: fc.record({ id, name: text, incarnation: fc.integer({ min: 1 }) }),
});
const leftCollection = fc.record({
  id,
  kind: fc.constantFrom(...COLLECTION_KINDS),
  name: text,
  project: id,
  deletedCount: count,
  moves,
});
const instant = fc.integer({ min: 0, max: 4e12 }).map(instantFromMs);
const granted = {
  id,
  role: fc.constantFrom(...ROLES),
  scope: text,
  scopeId: maybe(id),
  expiresAt: maybe(text),
};
const apiKeyV2 = {
  id,
  prefix: text,
  expiresAt: maybe(text),
  actions: maybe(fc.subarray([...PERMISSIONS])),
  scope: maybe(text),
};
const apiKeyRecord = fc.record({
  ...apiKeyV2,
  createdAt: maybe(instant),
  createdBy: maybe(id),
  replacedBy: maybe(id),
});
const signInKey = fc.record({ id, prefix: text });
const sealed = fc.array(fc.record({ stream: text, bytes: count, lines: count, digest: text }));
const finished = {
  run,
  status: fc.constantFrom(...RUN_STATUSES.filter((status) => status !== 'RUNNING')),
  exitCode: maybe(fc.integer()),
  summary: object,
  sealed,
};
const registered = {
  result: fc.constantFrom('created', 'existing'),
  collection,
  collectionResult: fc.constantFrom('created', 'existing'),
  version: fc.record({ id, kind: fc.constantFrom(...VERSION_KINDS), name: text, ordinal: count }),
  identity: fc.constantFrom('manifest', 'content', 'address'),
  digest: maybe(text),
  bytes: maybe(fc.constantFrom('stored', 'declared')),
  sizeBytes: maybe(count),
  fileCount: maybe(count),
  uri: maybe(text),
  type: maybe(text),
  metadata: maybe(object),
  client: maybe(object),
  identifiers: fc.array(text),
  moves,
  generatedBy: maybe(id),
};
const apiKey = fc.record({
  agent: named,
  key: fc.record({ id, prefix: text, expiresAt: maybe(text) }),
});

/** What the leaf fields of each type may hold, written by hand beside the schemas. */
/** Data that each version of each type of fact may have. */
export const DATA: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'organization.created@1': fc.record({ name: text }),
  'team.created@1': fc.record({ team: named }),
  'project.created@1': fc.record({
    project: fc.record({ id, name: text, incarnation: count }),
    team: named,
  }),
  'serviceAccount.created@1': fc.record({ serviceAccount: named, team: named }),
  'role.granted@1': fc.record({
    agent: named,
    grant: fc.record({
      id,
      role: fc.constantFrom(...ROLES),
      scope: text,
      scopeId: maybe(id),
      expiresAt: maybe(text),
    }),
  }),
  'apiKey.created@1': apiKey,
  'apiKey.revoked@1': apiKey,
  'person.created@1': fc.record({
    person: fc.record({ id }),
    team: maybe(named),
    signInKey: maybe(signInKey),
  }),
  'signInKey.created@1': fc.record({
    agent: named,
    key: signInKey,
    ended: fc.array(fc.record({ id, prefix: text, createdAt: instant })),
  }),
  'serviceAccount.created@2': fc.record({ serviceAccount: named, team: named, nameNode: id }),
  'role.granted@2': fc.record({ agent: named, grant: fc.record(granted), grantedBy: id }),
  'role.revoked@1': fc.record({
    agent: named,
    grant: fc.record({ ...granted, grantedBy: maybe(id), grantedAt: maybe(instant) }),
  }),
  'apiKey.created@2': fc.record({
    agent: named,
    key: fc.record(apiKeyV2),
    replaces: maybe(apiKeyRecord),
  }),
  'apiKey.revoked@2': fc.record({ agent: named, key: apiKeyRecord }),
  'run.created@1': fc.record({
    run,
    incarnation: count,
    job: maybe(fc.record({ id, name: text, created: fc.boolean() })),
    ...told,
  }),
  'run.updated@1': fc.record({
    run,
    set: fc.record({ ...told, summary: object }, { requiredKeys: [] }),
    cleared: fc.subarray(['notes', 'host', 'program', 'login', 'gitAuthor']),
  }),
  'run.finished@1': fc.record(finished),
  'run.finished@2': fc.record({ ...finished, stopRequestedAt: maybe(instant) }),
  'run.crashed@1': fc.record({
    run,
    lastSeenAt: instant,
    silentSeconds: fc.integer({ min: 1 }),
    summary: object,
    sealed,
  }),
  'run.resumed@1': fc.record({ run, previousStatus: fc.constantFrom(...RUN_STATUSES) }),
  'run.resumed@2': fc.record({
    run,
    previousStatus: fc.constantFrom(...RUN_STATUSES),
    stopCleared: fc.boolean(),
  }),
  'runTelemetry.sealed@1': fc.record({ run, sealed }),
  'runStop.requested@1': fc.record({ run }),
  'runEnvironment.recorded@1': fc.record({
    run,
    packages: fc.record({ digest: text, count, omitted: count }),
  }),
  'version.registered@1': fc.record(registered),
  'version.registered@2': fc.record({
    ...registered,
    named: fc.record({ namespace: text, ownName: text }),
  }),
  'aliases.changed@1': fc.record({ collection, moves }),
  'lineage.recorded@1': fc.record({ run: id, inputs: fc.array(id), outputs: fc.array(id) }),
  'lineage.recorded@2': fc.record({
    run: id,
    inputs: fc.array(id),
    outputs: fc.array(id),
    datasets: fc.array(fc.record({ id, project: id, name: text, namespace: text, ownName: text })),
    versions: fc.array(fc.record({ id, dataset: id, project: id, name: text, digest: text })),
  }),
  'openlineage.recorded@1': openLineageFact(object),
  'version.updated@1': fc.record({
    version: fc.record({ id, kind: fc.constantFrom(...VERSION_KINDS), name: text, project: id }),
    set: fc.record({ metadata: object, tags: fc.array(text) }, { requiredKeys: [] }),
    cleared: fc.subarray(['description']),
  }),
  'collection.updated@1': fc.record({
    collection,
    set: fc.record({ tags: fc.array(text) }, { requiredKeys: [] }),
    cleared: fc.subarray(['description']),
  }),
  'version.deleted@1': fc.record({ version: deletedVersion, collection: leftCollection }),
  'run.deleted@1': fc.record({
    run,
    anew: fc.record({ id, incarnation: fc.integer({ min: 1 }) }),
    versions: fc.array(deletedVersion),
    collections: fc.array(leftCollection),
  }),
  'registration.created@1': fc.record({
    registration: fc.record({ id, number: fc.integer({ min: 1 }) }),
    model: run,
    modelResult: fc.constantFrom('created', 'existing'),
    version: run,
    digest: maybe(text),
  }),
  'command.refused@1': fc.record({
    operation: text,
    code: text,
    message: text,
    missing: fc.array(text),
  }),
  'refusals.counted@1': fc.record({
    operation: text,
    code: text,
    actor: text,
    subject: maybe(text),
    count: fc.integer({ min: 1 }),
    from: text,
    until: text,
  }),
};

import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openLineageFact } from '../../../test/support/openlineage-fact.ts';
import type { ActorRef } from '../actor.ts';
import { PERMISSIONS, ROLES } from '../governance/permissions.ts';
import { COLLECTION_KINDS, VERSION_KINDS } from '../lineage/kinds.ts';
import { RUN_STATUSES } from '../lineage/run-status.ts';
import { instantFromMs } from '../time.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import { encodeValue, type JsonObject, type Value } from '../values/value.ts';
import type { FactType } from './fact-type.ts';
import { changesOf, FACT_TYPES } from './fact-types.ts';
import { type LeafEnvelope, parseLeaf, writeLeaf } from './leaf.ts';
import { sealPersonal } from './sidecar.ts';

const SECRET = 'a personal text that must not come out';
const PEOPLE: readonly ActorRef[] = [
  'act:018f6b3e-0000-7000-8000-000000000001',
  'act:018f6b3e-0000-7000-8000-000000000002',
];

const text = fc.string({ unit: 'binary', maxLength: 8 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const id = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 12 });
const count = fc.nat();
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
const DATA: Readonly<Record<string, fc.Arbitrary<object>>> = {
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

interface Sample {
  readonly envelope: LeafEnvelope;
  readonly place: { readonly index: number; readonly data: JsonObject };
}

/** Facts of a type as they come out of the log, with personal values sealed beside them. */
function samplesOf({ type, version, fields }: FactType): fc.Arbitrary<Sample> {
  const personal = Object.keys(fields).filter((name) => fields[name]?.mark === 'personal');
  const instants = fc.integer({ min: 0, max: 4e12 }).map(instantFromMs);
  return fc
    .record({
      data: DATA[`${type}@${version}`] as fc.Arbitrary<JsonObject>,
      held: fc.subarray([...personal]),
      index: count,
      recordedAt: instants,
      occurredAt: maybe(instants),
      actor: fc.constantFrom(...PEOPLE),
    })
    .map(({ data, held, index, recordedAt, occurredAt, actor }) => {
      const values = Object.fromEntries(held.map((field) => [field, `${SECRET} ${field}`]));
      const parts = held.length === 0 ? [] : [{ person: actor, values }];
      const secrets = { key: Buffer.alloc(32, index), chance: Buffer.alloc(44, index) };
      const envelope: LeafEnvelope = {
        v: 1,
        id: '018f6b3e-7c2a-7d11-8a55-0123456789ab',
        org: 'example',
        type,
        typeVersion: version,
        outcome: 'allow',
        recordedAt,
        occurredAt,
        actor: { ref: actor, kind: 'PERSON', via: 'key:1', authAgeS: null, onBehalfOf: null },
        projects: [],
        subject: null,
        policy: null,
        request: { operation: 'x', idempotencyKey: null, inputDigest: null },
        personal: parts.map((part) => sealPersonal(part, 'fact', secrets).commitment),
      };
      return { envelope, place: { index, data } };
    });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

const changesText = ({ envelope, place }: Sample) =>
  JSON.stringify(changesOf(envelope, place), (_key, value) => value ?? '(nothing)');

/** Runs the function where a look at the clock or at chance throws. */
function withoutClockAndChance<T>(run: () => T): T {
  const forbidden = (what: string) => () => {
    throw new Error(`changes looked at ${what}`);
  };
  const noDate = new Proxy(Date, {
    construct: forbidden('the clock'),
    apply: forbidden('the clock'),
    get: forbidden('the clock'),
  });
  vi.stubGlobal('Date', noDate);
  vi.spyOn(Math, 'random').mockImplementation(forbidden('chance'));
  vi.spyOn(performance, 'now').mockImplementation(forbidden('the clock'));
  vi.spyOn(process, 'hrtime').mockImplementation(forbidden('the clock') as never);
  vi.spyOn(crypto, 'randomUUID').mockImplementation(forbidden('chance'));
  vi.spyOn(crypto, 'getRandomValues').mockImplementation(forbidden('chance'));
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
}

const TYPES = FACT_TYPES.map((type) => [`${type.type}@${type.version}`, type] as const);

afterEach(() => {
  vi.useRealTimers();
});

it('samples every version of every type of fact', () => {
  expect(Object.keys(DATA).sort()).toEqual(TYPES.map(([name]) => name).sort());
});

describe.each(TYPES)('changes of %s', (_name, type) => {
  const samples = samplesOf(type);

  it('are asked with facts that fit the schema', () => {
    const marked = Object.entries(type.fields).filter(([, field]) => field.mark === 'leaf');
    const shape = Object.fromEntries(marked.map(([name, { schema }]) => [name, schema]));
    const schema = z.strictObject(shape);
    fc.assert(
      fc.property(samples, ({ place }) => {
        expect(schema.safeParse(place.data).error).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('are the same each time and leave the fact as it was', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        deepFreeze(sample);
        expect(changesText(sample)).toBe(changesText(sample));
      }),
    );
  });

  it('are the same for the fact that was written and the fact that is read from the log', () => {
    fc.assert(
      fc.property(samples, ({ envelope, place }) => {
        const { leaf, bytes, body } = writeLeaf(envelope, place.data);
        const read = parseLeaf(bytes);
        const data = 'data' in read ? read.data : (JSON.parse(String(body)) as JsonObject);
        const there = canonicalJson(JSON.parse(changesText({ envelope: leaf, place })));
        const here = changesText({ envelope: read, place: { index: place.index, data } });
        expect(canonicalJson(JSON.parse(here))).toBe(there);
      }),
    );
  });

  it('do not read the clock or chance: replay at another hour gives the same graph', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const real = changesText(sample);
        expect(withoutClockAndChance(() => changesText(sample))).toBe(real);
      }),
      { numRuns: 30 },
    );
    const [sample] = fc.sample(samples, 1) as [Sample];
    vi.useFakeTimers({ now: 0 });
    const then = changesText(sample);
    vi.setSystemTime(4e12);
    expect(changesText(sample)).toBe(then);
  });

  it('hold no personal value, and neither does the leaf', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        expect(changesText(sample)).not.toContain(SECRET);
        const { bytes, body } = writeLeaf(sample.envelope, sample.place.data);
        expect(`${bytes}${body}`).not.toContain(SECRET);
      }),
      { numRuns: 30 },
    );
  });
});

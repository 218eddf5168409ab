import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SYSTEM_ACTOR } from '../actor.ts';
import { parseInstant } from '../time.ts';
import { changesOf, FACT_TYPES, factTypeOf } from './fact-types.ts';
import type { LeafEnvelope } from './leaf.ts';
import { PERSONAL_TEXT_LENGTH_MAX } from './personal.ts';

/** Words for what belongs to a person. A leaf stands for ever, so it has none of them. */
const PERSONAL_WORDS = [
  'notes',
  'note',
  'description',
  'comment',
  'reason',
  'host',
  'hostname',
  'login',
  'user',
  'username',
  'email',
  'mail',
  'ip',
  'address',
  'gitAuthor',
  'author',
  'program',
  'displayedName',
  'fullName',
  'phone',
];
/** Where a leaf takes encoded values of any shape. Another such place wants a second thought. */
const OPEN_OBJECTS = [
  'openlineage.recorded@1 values',
  'openlineage.recorded@1 puts.reads.facets.value',
  'openlineage.recorded@1 puts.reads.told.value',
  'openlineage.recorded@1 puts.writes.facets.value',
  'openlineage.recorded@1 puts.writes.told.value',
  'run.created@1 config',
  'run.created@1 environment',
  'run.created@1 client',
  'run.updated@1 set.config',
  'run.updated@1 set.environment',
  'run.updated@1 set.client',
  'run.updated@1 set.summary',
  'run.finished@1 summary',
  'run.finished@2 summary',
  'run.crashed@1 summary',
  'version.registered@1 metadata',
  'version.registered@1 client',
  'version.registered@2 metadata',
  'version.registered@2 client',
  'version.updated@1 set.metadata',
];

interface Place {
  readonly path: string;
  readonly name: string;
  readonly schema: z.ZodType;
}

/** The schema and everything in it, with the names that lead there. */
function places(path: string, schema: unknown): Place[] {
  const here = { path, name: path.split('.').at(-1) ?? '', schema: schema as z.ZodType };
  if (schema instanceof z.ZodObject) {
    const inner = Object.entries(schema.shape).flatMap(([key, field]) =>
      places(`${path}.${key}`, field),
    );
    return [here, ...inner];
  }
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return places(path, schema.unwrap());
  }
  if (schema instanceof z.ZodArray) return places(path, schema.element);
  return [here];
}

const FIELDS = FACT_TYPES.flatMap(({ type, version, fields }) =>
  Object.entries(fields).map(([name, field]) => ({ fact: `${type}@${version}`, name, field })),
);
const LEAF_PLACES = FIELDS.filter(({ field }) => field.mark === 'leaf').flatMap(
  ({ fact, name, field }) => places(name, field.schema).map((place) => ({ fact, ...place })),
);

describe('the types of facts', () => {
  it('are these; one may join, none may leave or get another name', () => {
    const names = FACT_TYPES.map(({ type, version }) => `${type}@${version}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        'organization.created@1',
        'team.created@1',
        'project.created@1',
        'serviceAccount.created@1',
        'role.granted@1',
        'apiKey.created@1',
        'apiKey.revoked@1',
        'person.created@1',
        'signInKey.created@1',
        'serviceAccount.created@2',
        'role.granted@2',
        'role.revoked@1',
        'apiKey.created@2',
        'apiKey.revoked@2',
        'run.created@1',
        'run.updated@1',
        'run.finished@1',
        'run.resumed@1',
        'run.finished@2',
        'run.resumed@2',
        'run.crashed@1',
        'runTelemetry.sealed@1',
        'runStop.requested@1',
        'runEnvironment.recorded@1',
        'version.registered@1',
        'aliases.changed@1',
        'lineage.recorded@1',
        'version.registered@2',
        'lineage.recorded@2',
        'version.updated@1',
        'collection.updated@1',
        'version.deleted@1',
        'run.deleted@1',
        'registration.created@1',
        'openlineage.recorded@1',
        'command.refused@1',
        'refusals.counted@1',
      ]),
    );
  });

  it('are whole: a name in dots, a version from 1, fields and changes', () => {
    for (const { type, version, fields, changes } of FACT_TYPES) {
      expect(type).toMatch(/^[a-z][A-Za-z]*\.[a-z]+$/);
      expect(version).toBeGreaterThanOrEqual(1);
      expect(Object.keys(fields).length).toBeGreaterThan(0);
      expect(changes).toBeTypeOf('function');
    }
  });

  it('are found by name and version; a log with others is not read by guessing', () => {
    for (const each of FACT_TYPES) expect(factTypeOf(each.type, each.version)).toBe(each);
    expect(() => factTypeOf('run.created', 2)).toThrow('does not know facts of type run.created');
    expect(() => factTypeOf('constructor', 1)).toThrow('does not know facts of type constructor');
  });
});

describe('the fields of facts', () => {
  it.each(FIELDS)('$fact $name is marked leaf or personal', ({ field }) => {
    expect(['leaf', 'personal']).toContain(field.mark);
    expect(field.schema).toBeInstanceOf(z.ZodType);
  });

  const personalFields = FIELDS.filter(({ field }) => field.mark === 'personal');
  it.each(personalFields)('$fact $name is personal, so it is a text and no more', ({ field }) => {
    const { schema } = field;
    expect(schema.safeParse('x'.repeat(PERSONAL_TEXT_LENGTH_MAX)).success).toBe(true);
    expect(schema.safeParse('x'.repeat(PERSONAL_TEXT_LENGTH_MAX + 1)).success).toBe(false);
    for (const other of [null, undefined, 1, {}, ['x']]) {
      expect(schema.safeParse(other).success).toBe(false);
    }
  });

  it('of leaves are never named like what belongs to a person, at no depth', () => {
    const words = new Set(PERSONAL_WORDS.map((word) => word.toLowerCase()));
    const found = LEAF_PLACES.filter(({ name }) => words.has(name.toLowerCase()));
    expect(found.map(({ fact, path }) => `${fact} ${path}`)).toEqual([]);
  });

  it('of leaves take no key that they do not name, at no depth', () => {
    const open = LEAF_PLACES.filter(
      ({ schema }) =>
        schema instanceof z.ZodObject && !(schema._zod.def.catchall instanceof z.ZodNever),
    );
    expect(open.map(({ fact, path }) => `${fact} ${path}`)).toEqual([]);
  });

  it('of leaves are open to any shape only where that was decided', () => {
    const open = LEAF_PLACES.filter(({ schema }) => schema instanceof z.ZodCustom);
    expect(open.map(({ fact, path }) => `${fact} ${path}`).sort()).toEqual(
      [...OPEN_OBJECTS].sort(),
    );
  });

  it.each([
    [{ a: [{ '~~b': '~zNaN' }] }, true],
    [{}, true],
    [{ a: { '~personal': { fact: 1, person: 'act:x', field: 'notes' } } }, false],
    [{ a: '~x' }, false],
    [{ a: Number.NaN }, false],
    [[], false],
    [null, false],
    ['x', false],
  ])('that are open take %j: %s', (value, takes) => {
    const open = LEAF_PLACES.filter(({ schema }) => schema instanceof z.ZodCustom);
    for (const { schema } of open) expect(schema.safeParse(value).success).toBe(takes);
  });
});

describe('an update of a run', () => {
  const { set, cleared } = factTypeOf('run.updated', 1).fields;

  const hubs = ['status', 'startedAt', 'endedAt', 'incarnation', 'job', 'sealed', 'sealedAt'];
  it.each([...hubs, 'stopRequestedAt', 'packages', 'notes', 'host'])(
    'cannot set %s, which is not told by clients or is personal',
    (key) => {
      expect(set?.schema.safeParse({ tags: [], [key]: 'x' }).success).toBe(false);
    },
  );

  it('can only clear personal fields', () => {
    expect(cleared?.schema.safeParse(['notes', 'gitAuthor']).success).toBe(true);
    for (const key of ['status', 'job', 'config']) {
      expect(cleared?.schema.safeParse([key]).success).toBe(false);
    }
  });
});

describe('changesOf', () => {
  const envelope: LeafEnvelope = {
    v: 1,
    id: '018f6b3e-7c2a-7d11-8a55-0123456789ab',
    org: 'example',
    type: 'team.created',
    typeVersion: 1,
    outcome: 'allow',
    recordedAt: parseInstant('2026-01-01T00:00:00Z'),
    occurredAt: null,
    actor: SYSTEM_ACTOR,
    projects: [],
    subject: null,
    policy: null,
    request: { operation: 'createTeam', idempotencyKey: null, inputDigest: null },
    personal: [],
  };
  const place = { index: 0, data: { team: { id: 'team_x', name: 'main' } } };

  it('gives what the type says', () => {
    expect(changesOf(envelope, place)).toEqual([
      { op: 'put', id: 'team_x', kind: 'TEAM', project: null, name: 'main', set: {} },
    ]);
  });

  it('gives nothing for what was refused or failed', () => {
    expect(changesOf({ ...envelope, outcome: 'deny' }, place)).toEqual([]);
    expect(changesOf({ ...envelope, outcome: 'error' }, place)).toEqual([]);
  });

  it('throws on a type or version that this release does not know', () => {
    expect(() => changesOf({ ...envelope, typeVersion: 9 }, place)).toThrow('version 9');
    expect(() => changesOf({ ...envelope, type: 'x.y' }, place)).toThrow('x.y version 1');
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../digest.ts';
import { parseInstant } from '../time.ts';
import { canonicalJson } from '../values/canonical-json.ts';
import type { JsonObject } from '../values/value.ts';
import {
  bodyDigestOf,
  bodyOf,
  INLINE_DATA_BYTES_MAX,
  LEAF_BYTES_MAX,
  type LeafEnvelope,
  PROJECTS_PER_FACT_MAX,
  parseLeaf,
  writeLeaf,
} from './leaf.ts';

const RUN = 'run_6eHUYtPRYsOsTnDPyXogFIHHINxTn3z9uOU303_diAg';
const PROJECT = 'proj_cWrEAyNmDpi2OrvsnzI1tpjYJjib7ex5RZbFD5RYHfQ';
const ENVELOPE: LeafEnvelope = {
  v: 1,
  id: '018f6b3e-7c2a-7d11-8a55-0123456789ab',
  org: 'example',
  type: 'run.finished',
  typeVersion: 1,
  outcome: 'allow',
  recordedAt: parseInstant('2026-11-24T07:15:29.123456Z'),
  occurredAt: parseInstant('2026-11-24T07:15:28Z'),
  actor: {
    ref: 'act:018f6b3e-0000-7000-8000-000000000001',
    kind: 'SERVICE',
    via: 'key:018f6b3e-0000-7000-8000-000000000002',
    authAgeS: null,
    onBehalfOf: 'act:018f6b3e-0000-7000-8000-000000000003',
  },
  projects: [PROJECT],
  subject: { kind: 'RUN', id: RUN, digest: null },
  policy: {
    id: 'release',
    version: 3,
    digest: `sha256:${'0'.repeat(64)}`,
    rules: ['four-eyes', 'no-self-approval'],
  },
  request: {
    operation: 'finishRun',
    idempotencyKey: 'k-1 é😀',
    inputDigest: `sha256:${'f'.repeat(64)}`,
  },
  personal: [
    {
      person: 'act:018f6b3e-0000-7000-8000-000000000003',
      fields: ['notes'],
      commitment: 'A'.repeat(43),
    },
  ],
};
const DATA: JsonObject = {
  run: { id: RUN, name: 'run-1', project: PROJECT },
  status: 'FINISHED',
  exitCode: 0,
  summary: { loss: 0.1, best: '~zNaN', steps: '~i9007199254740993', '~~note': '\u2028\u0007"' },
  sealed: [],
};
const NOBODY = { policy: null, subject: null, occurredAt: null, personal: [], projects: [] };

/** Data whose canonical JSON has exactly this many bytes. */
function dataOf(bytes: number): JsonObject {
  const length = bytes - '{"a":""}'.length;
  return { a: 'é'.repeat(length >> 1) + 'x'.repeat(length & 1) };
}

describe('the bytes of a leaf', () => {
  it('are these, as another program wrote them; the log holds them and they never change', () => {
    const { bytes, body } = writeLeaf(ENVELOPE, DATA);
    expect(bytes.toString('utf8')).toBe(
      '{"actor":{"authAgeS":null,"kind":"SERVICE",' +
        '"onBehalfOf":"act:018f6b3e-0000-7000-8000-000000000003",' +
        '"ref":"act:018f6b3e-0000-7000-8000-000000000001",' +
        '"via":"key:018f6b3e-0000-7000-8000-000000000002"},' +
        `"data":{"exitCode":0,"run":{"id":"${RUN}","name":"run-1","project":"${PROJECT}"},` +
        '"sealed":[],"status":"FINISHED","summary":{"best":"~zNaN","loss":0.1,' +
        '"steps":"~i9007199254740993","~~note":"\u2028\\u0007\\""}},' +
        '"id":"018f6b3e-7c2a-7d11-8a55-0123456789ab","occurredAt":"2026-11-24T07:15:28.000000Z",' +
        '"org":"example","outcome":"allow","personal":[{"commitment":' +
        '"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","fields":["notes"],' +
        '"person":"act:018f6b3e-0000-7000-8000-000000000003"}],' +
        `"policy":{"digest":"sha256:${'0'.repeat(64)}","id":"release",` +
        '"rules":["four-eyes","no-self-approval"],"version":3},' +
        `"projects":["${PROJECT}"],"recordedAt":"2026-11-24T07:15:29.123456Z",` +
        `"request":{"idempotencyKey":"k-1 é😀","inputDigest":"sha256:${'f'.repeat(64)}",` +
        `"operation":"finishRun"},"subject":{"digest":null,"id":"${RUN}","kind":"RUN"},` +
        '"type":"run.finished","typeVersion":1,"v":1}',
    );
    expect(bytes).toHaveLength(1308);
    expect(body).toBeNull();
    const leafHash = createHash('sha256').update('\0').update(bytes).digest('hex');
    expect(leafHash).toBe('2be8ef77f99b2228e97989d9c898ae2befe716f720730139b73bf84a8fb82e18');
  });

  it('read back as the leaf, which reads back as the same bytes', () => {
    const { leaf, bytes } = writeLeaf(ENVELOPE, DATA);
    expect(parseLeaf(bytes)).toEqual(leaf);
    expect(canonicalJson(parseLeaf(bytes) as unknown as JsonObject)).toBe(bytes.toString('utf8'));
  });

  it('do not depend on the order in which keys were set', () => {
    const entries = Object.entries(ENVELOPE).reverse();
    const envelope = Object.fromEntries(entries) as unknown as LeafEnvelope;
    expect(writeLeaf(envelope, DATA).bytes).toEqual(writeLeaf(ENVELOPE, DATA).bytes);
  });

  it('hold every key of the envelope even where there is nothing to say', () => {
    const { leaf } = writeLeaf({ ...ENVELOPE, ...NOBODY }, {});
    expect(Object.keys(parseLeaf(writeLeaf({ ...ENVELOPE, ...NOBODY }, {}).bytes))).toEqual(
      [...Object.keys(ENVELOPE), 'data'].sort(),
    );
    expect(leaf).toMatchObject({ ...NOBODY, data: {} });
  });

  it.each(['__proto__', 'constructor', 'toJSON'])('keep a key %s of the data', (key) => {
    const data = Object.fromEntries([[key, { x: 1 }]]);
    const { bytes } = writeLeaf(ENVELOPE, { config: data });
    expect(bytes.toString('utf8')).toContain(`"data":{"config":{"${key}":{"x":1}}}`);
  });
});

describe('the body of a fact', () => {
  it(`of ${INLINE_DATA_BYTES_MAX} bytes stands in the leaf`, async () => {
    const { leaf, body, bytes } = writeLeaf(ENVELOPE, dataOf(INLINE_DATA_BYTES_MAX));
    expect(body).toBeNull();
    expect(bodyDigestOf(leaf)).toBeNull();
    const read = () => Promise.reject(new Error('nothing to read'));
    expect(await bodyOf(parseLeaf(bytes), read)).toEqual(dataOf(INLINE_DATA_BYTES_MAX));
  });

  it('of one byte more is kept apart, and the leaf has its digest', async () => {
    const data = dataOf(INLINE_DATA_BYTES_MAX + 1);
    const { leaf, body, bytes } = writeLeaf(ENVELOPE, data);
    expect(body?.length).toBe(INLINE_DATA_BYTES_MAX + 1);
    expect(body?.toString('utf8')).toBe(canonicalJson(data));
    expect(bodyDigestOf(leaf)).toBe(sha256(body as Buffer));
    expect(Object.keys(parseLeaf(bytes))).toEqual([...Object.keys(ENVELOPE), 'dataDigest'].sort());
    const asked: string[] = [];
    const read = async (digest: string) => {
      asked.push(digest);
      return body;
    };
    expect(await bodyOf(parseLeaf(bytes), read)).toEqual(data);
    expect(asked).toEqual([bodyDigestOf(leaf)]);
  });

  it('that is missing is noticed', async () => {
    const { leaf } = writeLeaf(ENVELOPE, dataOf(INLINE_DATA_BYTES_MAX + 1));
    await expect(bodyOf(leaf, async () => null)).rejects.toThrow(
      expect.objectContaining({
        code: 'INTERNAL',
        message: expect.stringMatching(/the body sha256:.* of a fact is missing/),
      }),
    );
  });

  it.each([
    ['one bit differs', (body: Buffer) => body.fill((body[100] ?? 0) ^ 1, 100, 101)],
    ['it is cut', (body: Buffer) => body.subarray(0, -1)],
    ['it is empty', () => Buffer.alloc(0)],
    ['spaces were added', (body: Buffer) => Buffer.concat([body, Buffer.from(' ')])],
  ])('that was altered is noticed: %s', async (_what, alter) => {
    const { leaf, body } = writeLeaf(ENVELOPE, dataOf(INLINE_DATA_BYTES_MAX + 1));
    const altered = alter(Buffer.from(body as Buffer));
    await expect(bodyOf(leaf, async () => altered)).rejects.toThrow(/of a fact was altered$/);
  });
});

describe('a leaf', () => {
  const sized = (length: number) =>
    writeLeaf(
      { ...ENVELOPE, request: { ...ENVELOPE.request, operation: 'x'.repeat(length) } },
      DATA,
    );
  const room = LEAF_BYTES_MAX - sized(0).bytes.length;

  it(`has at most ${LEAF_BYTES_MAX} bytes`, () => {
    expect(sized(room).bytes).toHaveLength(LEAF_BYTES_MAX);
    expect(() => sized(room + 1)).toThrow(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        message: 'the request is too large to go on record',
      }),
    );
  });

  it('takes a body of any size, since a large one is kept apart', () => {
    const { bytes } = writeLeaf(ENVELOPE, dataOf(10_000_000));
    expect(bytes.length).toBeLessThan(2_000);
  });

  it(`speaks of at most ${PROJECTS_PER_FACT_MAX} projects`, () => {
    const projects = Array.from({ length: PROJECTS_PER_FACT_MAX }, (_, n) => `${PROJECT}${n}`);
    expect(() => writeLeaf({ ...ENVELOPE, projects }, DATA)).not.toThrow();
    expect(() => writeLeaf({ ...ENVELOPE, projects: [...projects, 'x'] }, DATA)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

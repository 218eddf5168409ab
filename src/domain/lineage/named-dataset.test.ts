import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../digest.ts';
import {
  checkDatasetName,
  checkNamespace,
  DATASET_NAME_LENGTH_MAX,
  FULL_NAME_LENGTH_MAX,
  fullNameOf,
  isRegistered,
  namedDatasetId,
  namedIdentity,
  namedVersionIncarnations,
} from './named-dataset.ts';
import { collectionId, projectId } from './names.ts';

const ORG = 'example';
const OWNER = projectId(ORG, { team: 'data', project: 'lake' });
const OTHER = projectId(ORG, { team: 'main', project: 'churn' });

/** Few letters, so that two names often differ in where they are cut alone. */
const part = fc
  .array(
    fc.constantFrom(
      ...['a', 'b', '/', ':', '"', '\\', ',', '[', ']', ' ', 'é', 'e\u0301', '\u0338'],
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((letters) => letters.join(''))
  .filter((text) => text.trim() !== '');
const dataset = fc.record({ namespace: part, name: part }).map(checkDatasetName);
const invalid = (text: string) =>
  expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(text) });

describe('the id of a dataset that its store names', () => {
  it('is its own: two are equal only if both parts and the owner are', () => {
    fc.assert(
      fc.property(dataset, dataset, fc.constantFrom(OWNER, OTHER), (one, other, owner) => {
        const same = one.namespace === other.namespace && one.name === other.name;
        const isSame = same && owner === OWNER;
        const [a, b] = [namedDatasetId(ORG, OWNER, one), namedDatasetId(ORG, owner, other)];
        expect(a === b).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
    const cut = { namespace: 'a', name: 'b/c' };
    const elsewhere = { namespace: 'a/b', name: 'c' };
    expect(fullNameOf(cut)).toBe(fullNameOf(elsewhere));
    expect(namedDatasetId(ORG, OWNER, cut)).not.toBe(namedDatasetId(ORG, OWNER, elsewhere));
  });

  it('is that of no name without a colon, whatever a client calls its dataset', () => {
    const plain = part.map((name) => name.replaceAll(':', ''));
    fc.assert(
      fc.property(dataset, plain, (named, name) => {
        const own = collectionId(ORG, { project: OWNER, kind: 'DATASET', name });
        expect(namedDatasetId(ORG, OWNER, named)).not.toBe(own);
      }),
    );
  });

  it('is the same however the letters of the name were composed', () => {
    const composed = { namespace: 's3://\u00e9', name: 'caf\u00e9' };
    const apart = { namespace: 's3://e\u0301', name: 'cafe\u0301' };
    expect(namedDatasetId(ORG, OWNER, apart)).toBe(namedDatasetId(ORG, OWNER, composed));
    expect(checkDatasetName(apart)).toEqual(composed);
  });

  it('never changes', () => {
    const id = namedDatasetId(ORG, OWNER, {
      namespace: 's3://lake',
      name: 'raw/customers.parquet',
    });
    expect(id).toBe('ds_X6DEXxinZr21kY60IbAkB9kf7b1wwvPmOv3U5jbnc-o');
    expect(namedVersionIncarnations(ORG, id, sha256('x'))(0)).toBe(
      'dsv_EMT0JcRu3Aoo_Z7AvOcP1Vu2tGTWEK0fT-b2Kc5mZt4',
    );
  });
});

describe('a version of it', () => {
  it('is named by its digest, and by its address where there is none', () => {
    const digest = sha256('x');
    expect(namedIdentity({ digest, uri: 's3://lake/x' })).toBe(`content:${digest}`);
    expect(namedIdentity({ digest: null, uri: 's3://lake/x' })).toBe('uri:s3://lake/x');
  });

  it('is registered once it has a number', () => {
    expect(isRegistered({ props: { digest: sha256('x') } })).toBe(false);
    expect(isRegistered({ props: { ordinal: 0 } })).toBe(true);
  });
});

describe('the names of datasets', () => {
  it.each([
    ['s3://lake', 's3://lake'],
    ['s3://lake/', 's3://lake'],
    ['s3://lake//', 's3://lake//'],
    ['postgres://db:5432', 'postgres://db:5432'],
    ['duckdb:///srv/churn.duckdb', 'duckdb:///srv/churn.duckdb'],
    ['file', 'file'],
    ['file:///', 'file:///'],
    ['file:/', 'file:/'],
    ['/', '/'],
    ['S3://Lake', 'S3://Lake'],
  ])('keep the namespace %j as %j', (given, kept) => {
    expect(checkNamespace(given)).toBe(kept);
    expect(checkNamespace(kept)).toBe(kept);
  });

  it('keep the name within as it was given, slashes and all', () => {
    for (const name of ['/srv/x', 'raw//x', 'dir/', '.', '..', 'a:b', 'x'.repeat(1_024)]) {
      expect(checkDatasetName({ namespace: 'file', name }).name).toBe(name);
    }
  });

  it.each([
    ['', 'is empty'],
    ['  ', 'is blank'],
    ['a\0b', 'NUL'],
    ['a\ud800', 'half of a surrogate pair'],
    ['a\nb', 'control character'],
    ['a\u202eb', 'control character'],
    ['x'.repeat(DATASET_NAME_LENGTH_MAX + 1), 'has 1025 characters'],
  ])('are refused: %.20j', (text, fault) => {
    expect(() => checkDatasetName({ namespace: text, name: 'x' })).toThrow(invalid(fault));
    expect(() => checkDatasetName({ namespace: 's3://lake', name: text })).toThrow(invalid(fault));
  });

  it('fit together into what an identifier may be', () => {
    const longest = { namespace: 'n'.repeat(512), name: 'x'.repeat(DATASET_NAME_LENGTH_MAX) };
    expect(fullNameOf(checkDatasetName(longest))).toHaveLength(FULL_NAME_LENGTH_MAX);
    expect(() => checkNamespace('n'.repeat(513))).toThrow(invalid('at most 512 fit'));
  });
});

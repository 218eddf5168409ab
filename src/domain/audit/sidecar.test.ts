import { createDecipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActorRef } from '../actor.ts';
import type { Json } from '../values/value.ts';
import { commitTo, PERSONAL_TEXT_LENGTH_MAX, personalRefOf, personalRefProp } from './personal.ts';
import { openPersonal, SIDECAR_CHANCE_BYTES, sealPersonal } from './sidecar.ts';

const FACT = '018f6b3e-7c2a-7d11-8a55-0123456789ab';
const PERSON: ActorRef = 'act:018f6b3e-0000-7000-8000-000000000003';
const OTHER: ActorRef = 'act:018f6b3e-0000-7000-8000-000000000004';
const KEY = Buffer.from(Array.from({ length: 32 }, (_, at) => 100 + at));
const SALT = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
const NONCE = Buffer.from(Array.from({ length: 12 }, (_, at) => 200 + at));
const CHANCE = Buffer.concat([NONCE, SALT]);
const VALUES = { notes: 'Grüße 😀', host: 'node-7' };

/** Written by another program: a box of any release opens in every later one. */
const GOLDEN_BOX =
  'c8c9cacbcccdcecfd0d1d2d31760e9e43322474887f817e346bf553bc60a43c1e0f03ff7cb5cb8222306d28ed165' +
  '43d7e3bbd3b373040582652e2a55b9ef2017315e8b65aefd786c20d9f3e03a53a82ab32881a4e46e4d6f610b8965' +
  'd8491209a2eb72af5ef645c5045b5c0d82eac008a827d8d61c2b62cd720565123083eed3f97ff94c';
const GOLDEN_COMMITMENT = 'N7hjVTeM6MLl8PvafevUFiZD_xPIxw8K7Wgt4VOjf84';

const seal = (values: Readonly<Record<string, string>> = VALUES, chance: Uint8Array = CHANCE) =>
  sealPersonal({ person: PERSON, values }, FACT, { key: KEY, chance });
const open = (box: Uint8Array) => openPersonal(box, FACT, { person: PERSON, key: KEY });

/** What an auditor who has the key does to check a commitment. */
function saltIn(box: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', KEY, box.subarray(0, 12));
  decipher.setAAD(Buffer.from(`${FACT}\n${PERSON}`));
  decipher.setAuthTag(box.subarray(-16));
  const plain = Buffer.concat([decipher.update(box.subarray(12, -16)), decipher.final()]);
  return Buffer.from((JSON.parse(plain.toString()) as { salt: string }).salt, 'base64url');
}

describe('a sealed sidecar', () => {
  it('has the bytes and the commitment that another program made, for ever', () => {
    const { box, commitment, person } = seal();
    expect(box.toString('hex')).toBe(GOLDEN_BOX);
    expect(open(Buffer.from(GOLDEN_BOX, 'hex'))).toEqual(VALUES);
    expect(commitment).toEqual({
      person: PERSON,
      fields: ['host', 'notes'],
      commitment: GOLDEN_COMMITMENT,
    });
    expect(person).toBe(PERSON);
  });

  it('opens to the values that were sealed', () => {
    const texts = fc.dictionary(
      fc.constantFrom('notes', 'host', 'login', 'gitAuthor'),
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\0', '~', '[erased]')),
    );
    fc.assert(
      fc.property(texts, (values) => {
        expect({ ...open(seal(values, randomBytes(SIDECAR_CHANCE_BYTES)).box) }).toEqual({
          ...values,
        });
      }),
    );
  });

  it('hides the values, and how they are alike in two facts', () => {
    const [a, b] = [seal(), seal(VALUES, randomBytes(SIDECAR_CHANCE_BYTES))];
    for (const text of Object.values(VALUES)) expect(a.box.includes(text)).toBe(false);
    expect(b.commitment.commitment).not.toBe(a.commitment.commitment);
    expect(b.box.equals(a.box)).toBe(false);
  });

  it.each([
    ['another key', { person: PERSON, key: randomBytes(32) }, FACT],
    ['a key of another length', { person: PERSON, key: randomBytes(16) }, FACT],
    ['another person', { person: OTHER, key: KEY }, FACT],
    ['another fact', { person: PERSON, key: KEY }, FACT.replace('7d11', '7d12')],
    ['the person moved into the fact', { person: '' as ActorRef, key: KEY }, `${FACT}\n${PERSON}`],
  ])('does not open under %s', (_what, owner, fact) => {
    expect(openPersonal(seal().box, fact, owner)).toBeNull();
  });

  it('does not open when any one bit of it was flipped', () => {
    const { box } = seal();
    for (let at = 0; at < box.length; at += 1) {
      const altered = Buffer.from(box);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      expect(open(altered)).toBeNull();
    }
  });

  it('does not open when bytes are missing or were added', () => {
    const { box } = seal();
    for (let length = 0; length < box.length; length += 1) {
      expect(open(box.subarray(0, length))).toBeNull();
    }
    expect(open(Buffer.concat([box, Buffer.alloc(1)]))).toBeNull();
  });

  it('needs its bytes of chance, all of them', () => {
    for (const length of [0, 12, SIDECAR_CHANCE_BYTES - 1, SIDECAR_CHANCE_BYTES + 1]) {
      expect(() => seal(VALUES, Buffer.alloc(length))).toThrow(
        'a sidecar needs 44 bytes of chance',
      );
    }
  });

  it('holds texts up to their limit, and only texts', () => {
    const longest = 'x'.repeat(PERSONAL_TEXT_LENGTH_MAX);
    expect(open(seal({ notes: longest }).box)).toEqual({ notes: longest });
    expect(() => seal({ host: 'h', notes: `${longest}x` })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    expect(() => seal({ notes: 'half \ud83d' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });
});

describe('a commitment', () => {
  it('verifies with the salt inside the box, and with no other', () => {
    const { box, commitment } = seal(VALUES, randomBytes(SIDECAR_CHANCE_BYTES));
    expect(commitTo(VALUES, saltIn(box))).toBe(commitment.commitment);
    expect(commitTo(VALUES, SALT)).not.toBe(commitment.commitment);
  });

  it('binds every name and every value, in whatever order they came', () => {
    const others: Readonly<Record<string, string>>[] = [
      {},
      { notes: VALUES.notes },
      { ...VALUES, host: 'node-8' },
      { ...VALUES, login: '' },
      { notes: VALUES.host, host: VALUES.notes },
      { notes: VALUES.notes, login: VALUES.host },
    ];
    const commitments = [VALUES, ...others].map((values) => commitTo(values, SALT));
    expect(new Set(commitments).size).toBe(commitments.length);
    expect(commitTo({ host: VALUES.host, notes: VALUES.notes }, SALT)).toBe(GOLDEN_COMMITMENT);
  });
});

describe('a reference to a personal value', () => {
  it('is read back from the property that stands for it', () => {
    const ref = { fact: 7, person: PERSON, field: 'notes' };
    expect(personalRefProp(ref)).toEqual({ '~personal': ref });
    expect(personalRefOf(personalRefProp(ref))).toEqual(ref);
  });

  it.each<Json | undefined>([undefined, null, 'x', 1, [], {}, ['~personal'], { '~~personal': {} }])(
    'is not %j',
    (prop) => {
      expect(personalRefOf(prop)).toBeUndefined();
    },
  );
});

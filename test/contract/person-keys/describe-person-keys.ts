import { describe, expect, test } from 'vitest';
import type { ActorRef } from '../../../src/domain/actor.ts';
import { PERSON_KEY_BYTES, type PersonKeys } from '../../../src/ports/person-keys.ts';

const ADA: ActorRef = 'act:0a0a0a0a-1111-4222-8333-444444444444';
const BEN: ActorRef = 'act:0b0b0b0b-1111-4222-8333-444444444444';

/** An empty store, and the way to open the same one again as a process does after a restart. */
export interface OpenedPersonKeys {
  readonly keys: PersonKeys;
  reopen(): Promise<PersonKeys>;
}

/** What every store of person keys promises. */
export function describePersonKeys(name: string, open: () => Promise<OpenedPersonKeys>): void {
  describe(`person keys: ${name}`, () => {
    test('a key is made once and stays', async () => {
      const { keys, reopen } = await open();
      const key = await keys.obtain(ADA);
      expect(key.byteLength).toBe(PERSON_KEY_BYTES);
      expect(await keys.obtain(ADA)).toEqual(key);
      expect(await keys.find(ADA)).toEqual(key);
      const later = await reopen();
      expect(await later.find(ADA)).toEqual(key);
      expect(await later.obtain(ADA)).toEqual(key);
    });

    test('people have different keys', async () => {
      const { keys } = await open();
      expect(await keys.obtain(ADA)).not.toEqual(await keys.obtain(BEN));
    });

    test('find makes no key', async () => {
      const { keys, reopen } = await open();
      expect(await keys.find(ADA)).toBeNull();
      expect(await (await reopen()).find(ADA)).toBeNull();
    });

    test('many who ask at once get the same key, in two processes too', async () => {
      const { keys, reopen } = await open();
      const other = await reopen();
      const asked = Array.from({ length: 30 }, (_, n) => (n % 2 ? keys : other).obtain(ADA));
      const texts = (await Promise.all(asked)).map((key) => key.toString('hex'));
      expect(new Set(texts).size).toBe(1);
    });

    test('a caller that changes its copy changes nothing', async () => {
      const { keys } = await open();
      const mine = await keys.obtain(ADA);
      const hex = mine.toString('hex');
      mine.fill(0);
      expect((await keys.obtain(ADA)).toString('hex')).toBe(hex);
      expect((await keys.find(ADA))?.toString('hex')).toBe(hex);
    });

    test('a destroyed key is gone for good, everywhere', async () => {
      const { keys, reopen } = await open();
      const other = await reopen();
      await keys.obtain(ADA);
      const bens = await keys.obtain(BEN);
      await other.obtain(ADA);
      await keys.destroy(ADA);
      for (const each of [keys, other, await reopen()]) {
        expect(await each.find(ADA)).toBeNull();
        await expect(each.obtain(ADA)).rejects.toMatchObject({ code: 'FORBIDDEN' });
        expect(await each.find(BEN)).toEqual(bens);
      }
    });

    test('destroying twice, or what never was, works and forbids', async () => {
      const { keys } = await open();
      await keys.destroy(ADA);
      await keys.destroy(ADA);
      expect(await keys.find(ADA)).toBeNull();
      await expect(keys.obtain(ADA)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });

    test('of obtain and destroy at once none leaves a key behind', async () => {
      const { keys, reopen } = await open();
      const other = await reopen();
      await Promise.allSettled([
        keys.obtain(ADA),
        other.destroy(ADA),
        keys.obtain(ADA),
        other.obtain(ADA),
      ]);
      for (const each of [keys, other, await reopen()]) {
        expect(await each.find(ADA)).toBeNull();
        await expect(each.obtain(ADA)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      }
    });

    test.each(['act:../../etc/passwd', 'run_abc', '', 'act:0A0A0A0A-1111-4222-8333-444444444444'])(
      'a pseudonym that is none is refused: %j',
      async (text) => {
        const { keys } = await open();
        const person = text as ActorRef;
        await expect(keys.obtain(person)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
        await expect(keys.find(person)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
        await expect(keys.destroy(person)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      },
    );
  });
}

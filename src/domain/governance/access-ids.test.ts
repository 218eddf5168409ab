import { expect, test } from 'vitest';
import { holderOf, holdingId } from './access-ids.ts';

const HOLDER = 'act:11111111-1111-4111-8111-111111111111';
const UUID = '018f6b3e-7c2a-4d11-8a55-0123456789ab';

test('an id tells whose it is, and of what', () => {
  const key = holdingId('key', HOLDER, UUID);
  expect(key).toBe(`key:11111111-1111-4111-8111-111111111111:${UUID}`);
  expect(holderOf(key, 'key')).toBe(HOLDER);
  expect(holderOf(key, 'grant')).toBeNull();
  expect(holderOf(holdingId('grant', HOLDER, UUID), 'grant')).toBe(HOLDER);
});

test.each(['', UUID, `key:${UUID}`, `key:${UUID}:x`, `key:${UUID}:${UUID} `, `key::${UUID}`])(
  '%j tells nothing',
  (id) => {
    expect(holderOf(id, 'key')).toBeNull();
  },
);

import { expect, it } from 'vitest';
import { factIdOf } from './fact-id.ts';

it('follows RFC 9562, appendix A.6', () => {
  const chance = Buffer.from('0cc318c4dc0c0c07398f', 'hex');
  expect(factIdOf(0x017f22e279b0, chance)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

it('sorts by time', () => {
  const chance = Buffer.alloc(10, 0xff);
  expect(factIdOf(1_000, chance) < factIdOf(1_001, Buffer.alloc(10))).toBe(true);
});

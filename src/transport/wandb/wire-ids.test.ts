import { describe, expect, it } from 'vitest';
import { textOfWireId, wireId } from './wire-ids.ts';

describe('ids of the wandb surface', () => {
  it('lead back to what they stand for, with any text', () => {
    for (const text of ['run_x', 'ünïcode', '', 'a:b:c']) {
      expect(textOfWireId('Run', wireId('Run', text))).toBe(text);
    }
  });

  it('survive the way through hex that the client sends artifact ids on', () => {
    const id = wireId('Artifact', '3f6c0d0e-2f7c-4c43-9a53-0a1f5a1b2c3d');
    const hex = Buffer.from(id, 'base64').toString('hex');
    expect(Buffer.from(hex, 'hex').toString('base64')).toBe(id);
  });

  it('of one kind are none of another', () => {
    expect(textOfWireId('Run', wireId('Project', 'x'))).toBeUndefined();
  });

  it('are refused when they are no base64', () => {
    for (const text of ['', 'not base64!', 'UnVuOg-_', 'x'.repeat(5_000)]) {
      expect(textOfWireId('Run', text)).toBeUndefined();
    }
  });
});

import { describe, expect, it } from 'vitest';
import { checkClock, checkNode, diskFinding, FREE_DISK_BYTES_MIN } from './check-machine.ts';

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');

describe('the doctor on a machine', () => {
  it.each([
    ['20.19.0', 'yes'],
    ['24.0.0', 'yes'],
    ['20.18.3', 'no'],
    ['18.20.0', 'no'],
  ])('finds Node.js %s fine: %s', (version, fine) => {
    expect(checkNode(version)).toMatchObject({ fine, says: version });
    expect(checkNode(version).mend === null).toBe(fine === 'yes');
  });

  it.each([
    ['of today', NOW_MS, null, 'yes'],
    ['a little behind the log', NOW_MS, '2026-06-01T00:00:59.000000Z', 'yes'],
    ['far behind the log', NOW_MS, '2026-06-02T00:00:00.000000Z', 'no'],
    ['of 1970', 0, null, 'no'],
  ])('finds a clock %s as it is', (_what, nowMs, last, fine) => {
    expect(checkClock(last, nowMs)).toMatchObject({ fine });
  });

  it('finds a disk full before it is', () => {
    expect(diskFinding(FREE_DISK_BYTES_MIN)).toMatchObject({ fine: 'yes', says: '1.0 GiB free' });
    expect(diskFinding(FREE_DISK_BYTES_MIN - 1)).toMatchObject({ fine: 'no' });
  });
});

import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openSqliteOperationalStore } from '../../src/adapters/sqlite/sqlite-operational-store.ts';
import { systemIds as ids } from '../../src/adapters/system/system-ids.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { LEASE_LIFE_MS, LEASE_RENEW_MS, Lease } from '../../src/ledger/lease.ts';
import type { OperationalStore } from '../../src/ports/operational-store.ts';
import { temporaryFolder } from '../contract/temporary-folder.ts';
import { SettableClock } from '../support/settable-clock.ts';

async function opened() {
  const clock = new SettableClock(1_790_000_000_000);
  const file = join(await temporaryFolder(), 'operational.db');
  const operational = await openSqliteOperationalStore({ file, clock });
  onTestFinished(() => operational.close());
  const lease = (of: Pick<OperationalStore, 'get' | 'swap'> = operational) =>
    new Lease({ job: 'watch-runs', operational: of, clock, ids });
  return { clock, operational, lease };
}

test('one of two holds a job, until it lets go of it', async () => {
  const { lease } = await opened();
  const [first, second] = [lease(), lease()];
  expect(await first.hold()).toBe(true);
  expect(await second.hold()).toBe(false);
  await second.release();
  expect(await first.hold()).toBe(true);
  await first.release();
  expect(await second.hold()).toBe(true);
  expect(await first.hold()).toBe(false);
});

test('of many that want it at once one has it', async () => {
  const { lease } = await opened();
  const held = await Promise.all(Array.from({ length: 20 }, () => lease().hold()));
  expect(held.filter(Boolean)).toHaveLength(1);
});

test('jobs keep apart', async () => {
  const { operational, clock, lease } = await opened();
  expect(await lease().hold()).toBe(true);
  expect(await new Lease({ job: 'seal', operational, clock, ids }).hold()).toBe(true);
});

test('a holder keeps it as long as it asks in time', async () => {
  const { clock, lease } = await opened();
  const [first, second] = [lease(), lease()];
  for (let turn = 0; turn < 20; turn += 1) {
    expect(await first.hold()).toBe(true);
    expect(await second.hold()).toBe(false);
    clock.advance(LEASE_LIFE_MS - 1);
  }
});

test('one that stood still has lost it, and learns so before it acts', async () => {
  const { clock, lease } = await opened();
  const [stopped, other] = [lease(), lease()];
  expect(await stopped.hold()).toBe(true);
  clock.advance(LEASE_LIFE_MS);
  expect(await other.hold()).toBe(true);
  expect(await stopped.hold()).toBe(false);
  // It must not take back what is another's now, nor end it.
  await stopped.release();
  expect(await other.hold()).toBe(true);
  clock.advance(LEASE_LIFE_MS);
  expect(await stopped.hold()).toBe(true);
  expect(await other.hold()).toBe(false);
});

test('one that stood still while it asked does not hold it', async () => {
  const { clock, operational, lease } = await opened();
  const slow: Pick<OperationalStore, 'get' | 'swap'> = {
    get: (room, key) => operational.get(room, key),
    swap: async (...swap) => {
      const isSwapped = await operational.swap(...swap);
      clock.advance(LEASE_LIFE_MS);
      return isSwapped;
    },
  };
  expect(await lease(slow).hold()).toBe(false);
});

test('the store is asked now and then only', async () => {
  const { clock, operational, lease } = await opened();
  const swap = vi.spyOn(operational, 'swap');
  const held = lease();
  await held.hold();
  clock.advance(LEASE_RENEW_MS - 1);
  await held.hold();
  expect(swap).toHaveBeenCalledTimes(1);
  clock.advance(1);
  await held.hold();
  expect(swap).toHaveBeenCalledTimes(2);
  const waiting = lease();
  for (let turn = 0; turn < 5; turn += 1) await waiting.hold();
  expect(swap).toHaveBeenCalledTimes(2);
});

test('a clock that goes back asks the store', async () => {
  const { clock, lease } = await opened();
  const held = lease();
  await held.hold();
  clock.advance(-60_000);
  expect(await held.hold()).toBe(true);
});

test('a lease that was taken without an answer is not lost', async () => {
  const { operational, lease } = await opened();
  let isAway = true;
  const flaky: Pick<OperationalStore, 'get' | 'swap'> = {
    get: (room, key) => operational.get(room, key),
    swap: async (...swap) => {
      const isSwapped = await operational.swap(...swap);
      if (isAway) throw new DomainError('UNAVAILABLE', 'the answer was lost');
      return isSwapped;
    },
  };
  const held = lease(flaky);
  await expect(held.hold()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  isAway = false;
  expect(await held.hold()).toBe(true);
});

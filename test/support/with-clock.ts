import type { Hub } from '../../src/transport/hub.ts';
import { SettableClock } from './settable-clock.ts';

/**
 * The same hub, whose doors read a clock that the test moves on. The ledger keeps the real one,
 * as it would in a process of its own.
 */
export function withClock(hub: Hub): { readonly hub: Hub; readonly clock: SettableClock } {
  const clock = new SettableClock(hub.clock.nowMs());
  return { hub: Object.assign(Object.create(hub), { clock }), clock };
}

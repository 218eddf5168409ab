import { writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { ActorRef } from '../../../src/domain/actor.ts';
import { rawEvent } from '../raw-events/raw-event.ts';
import { openStores, RUN } from './open-stores.ts';

/**
 * Writes to all stores until somebody kills the process, and prints each write after its promise
 * resolved: `<store> <what>`. Started by kill.test.ts with a folder and a first number.
 */
const [folder = '', first = '0'] = process.argv.slice(2);
const stores = await openStores(folder);

function acknowledge(store: string, what: string): void {
  writeSync(1, `${store} ${what}\n`);
}

async function writeTelemetry(n: number): Promise<void> {
  const lines = [`line ${n}`, 'overwritten by the next'];
  await stores.telemetry.append(RUN, [{ stream: 'console', offset: n, lines }]);
  acknowledge('telemetry', String(n));
}

async function writeObject(n: number): Promise<void> {
  const bytes = Buffer.alloc(1_000 + (n % 7) * 40_000, `object ${n} `);
  const { digest } = await stores.objects.put(n % 2 === 0 ? bytes : Readable.from([bytes]));
  acknowledge('object', digest);
}

async function writeEntry(n: number): Promise<void> {
  await stores.operational.put('upload', [{ key: `k${n}`, value: `v${n}` }]);
  acknowledge('entry', String(n));
}

async function writeKey(n: number): Promise<void> {
  const person: ActorRef = `act:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const key = await stores.keys.obtain(person);
  if (n % 3 !== 0) return acknowledge('key', `${person} ${key.toString('hex')}`);
  await stores.keys.destroy(person);
  acknowledge('destroyed', person);
}

async function writeRaw(n: number): Promise<void> {
  const bytes = Buffer.alloc(100 + (n % 5) * 30_000, `event ${n} `);
  const event = rawEvent({ bytes });
  const [ref] = await stores.raw.keep([event]);
  acknowledge('raw', `${ref} ${event.digest}`);
}

for (let n = Number(first); ; n += 4) {
  const four = [n, n + 1, n + 2, n + 3];
  await Promise.all(
    [writeTelemetry, writeObject, writeEntry, writeKey, writeRaw].flatMap((write) =>
      four.map(write),
    ),
  );
}

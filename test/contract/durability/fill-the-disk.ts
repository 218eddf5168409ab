import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isDomainError } from '../../../src/domain/errors.ts';
import { rawEvent } from '../raw-events/raw-event.ts';
import { openStores, RUN } from './open-stores.ts';

/**
 * Writes more than the limit of file sizes that disk-full.test.ts starts it under, then less, and
 * prints what happened as one JSON line.
 */
const MIB = 1024 * 1024;
// Unhandled, the signal of the limit ends the process; handled, the write fails as on a full disk.
process.on('SIGXFSZ', () => {});

const folder = process.argv[2] ?? '';
const { objects, telemetry, operational, raw } = await openStores(folder);

async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return isDomainError(error) ? { code: error.code, message: error.message } : String(error);
  }
}

const big = () => Readable.from(Array.from({ length: 32 }, () => randomBytes(MIB)));
const stream = await outcome(objects.put(big()));
const memory = await outcome(objects.put(randomBytes(32 * MIB)));
const leftBehind = await readdir(join(folder, 'objects', 'incoming'));
const small = await outcome(objects.put(randomBytes(MIB)));

let telemetryFull: unknown = 'done';
let appended = 0;
for (; telemetryFull === 'done' && appended < 32; appended += 1) {
  const lines = [`${appended} ${'#'.repeat(MIB)}`];
  const append = telemetry.append(RUN, [{ stream: 'history', offset: appended, lines }]);
  telemetryFull = await outcome(append);
}
const lines = appended - 1;
const shorter = await outcome(
  telemetry.append(RUN, [{ stream: 'history', offset: lines, lines: ['short'] }]),
);
const states = await telemetry.states(RUN);

const values = Array.from({ length: 8 }, (_, n) => ({ key: `${n}`, value: 'v'.repeat(4 * MIB) }));
const entries = await outcome(operational.put('upload', values));
const afterEntries = await outcome(operational.put('upload', [{ key: 'small', value: 'v' }]));
const listed = (await operational.list('upload', { prefix: '', limit: 10 })).map(({ key }) => key);

const large = () => rawEvent({ bytes: randomBytes(5 * MIB) });
const kept = [...(await raw.keep([rawEvent({ bytes: Buffer.from('before') })]))];
const rawFull = await outcome(raw.keep([large(), large(), large(), large()]));
kept.push(...(await raw.keep([rawEvent({ bytes: Buffer.from('after') })])));
const rawFiles = await readdir(join(folder, 'raw'));

process.stdout.write(
  JSON.stringify({
    objects: { stream, memory, leftBehind, small },
    telemetry: { full: telemetryFull, lines, shorter, states },
    raw: { full: rawFull, kept, files: rawFiles.length },
    operational: { entries, afterEntries, listed },
  }),
);
await raw.close();
await telemetry.close();
await operational.close();

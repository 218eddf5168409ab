import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ActorRef } from '../../../src/domain/actor.ts';
import { type Digest, sha256 } from '../../../src/domain/digest.ts';
import { allRefs } from '../raw-events/all-refs.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { openStores, RUN, type Stores } from './open-stores.ts';

const WRITER = fileURLToPath(new URL('./write-until-killed.ts', import.meta.url));
const ROUNDS = 4;
const WRITES_A_ROUND = 300;

/** Lets a process write until it has acknowledged enough, kills it, and returns what it printed. */
async function writeAndKill(folder: string, first: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.split('\n').length > WRITES_A_ROUND) child.kill('SIGKILL');
  }
  // The last line may be cut by the kill.
  return printed.split('\n').slice(0, -1);
}

const CHECKS: Record<string, (stores: Stores, what: string) => Promise<void>> = {
  telemetry: async ({ telemetry }, number) => {
    const from = Number(number);
    const [line] = await telemetry.read(RUN, 'console', { from, to: from + 1 });
    expect(line?.number).toBe(from);
  },
  object: async ({ objects }, digest) => {
    const bytes = await objects.read(digest as Digest, 1_000_000);
    expect(bytes && sha256(bytes)).toBe(digest);
  },
  entry: async ({ operational }, number) => {
    expect(await operational.get('upload', `k${number}`)).toBe(`v${number}`);
  },
  raw: async ({ raw }, what) => {
    const [ref = '', digest] = what.split(' ');
    const event = await raw.read(ref);
    expect(event && sha256(event.bytes)).toBe(digest);
  },
  key: async ({ keys }, what) => {
    const [person, hex] = what.split(' ');
    expect((await keys.find(person as ActorRef))?.toString('hex')).toBe(hex);
  },
  destroyed: async ({ keys }, person) => {
    expect(await keys.find(person as ActorRef)).toBeNull();
    await expect(keys.obtain(person as ActorRef)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  },
};

test('what was acknowledged is there after kill -9, round after round', async () => {
  const folder = await temporaryFolder();
  const acknowledged: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const lines = await writeAndKill(folder, round * 100_000);
    expect(lines.length).toBeGreaterThanOrEqual(WRITES_A_ROUND);
    acknowledged.push(...lines);
  }
  const stores = await openStores(folder);
  for (const line of acknowledged) {
    const [store = '', ...what] = line.split(' ');
    await CHECKS[store]!(stores, what.join(' '));
  }
  const seen = new Set(acknowledged.map((line) => line.split(' ')[0]));
  expect([...seen].sort()).toEqual(Object.keys(CHECKS).sort());
  const listed = await allRefs(stores.raw);
  const refs = acknowledged.filter((line) => line.startsWith('raw '));
  expect(refs.filter((line) => !listed.has(line.split(' ')[1] as string))).toEqual([]);
  for (const ref of listed) expect(await stores.raw.read(ref)).not.toBeNull();
  await stores.raw.close();
  await stores.telemetry.append(RUN, [{ stream: 'console', offset: 0, lines: ['after all'] }]);
  await stores.telemetry.close();
  await stores.operational.close();
  const people = await readdir(join(folder, 'keys', 'people'));
  const both = people.filter((name) => people.includes(name.replace('.key', '.destroyed')));
  expect(both.filter((name) => name.endsWith('.key'))).toEqual([]);
});

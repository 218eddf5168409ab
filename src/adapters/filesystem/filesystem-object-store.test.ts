import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../test/contract/temporary-folder.ts';
import { type Digest, hexOf, sha256 } from '../../domain/digest.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { systemIds } from '../system/system-ids.ts';
import {
  COMPARED_BYTES_MAX,
  JOINS_AT_ONCE_MAX,
  LEFTOVER_AGE_MS,
  openFilesystemObjectStore,
} from './filesystem-object-store.ts';
import { STAGED_LIFE_MS, StagedParts } from './staged-parts.ts';

const NOW_MS = 1_790_000_000_000;
const BYTES = Buffer.from('the bytes of an object');
const DIGEST = sha256(BYTES);

async function openStore(given?: string) {
  const folder = given ?? join(await temporaryFolder(), 'objects');
  const clock = { nowMs: () => NOW_MS };
  const store = await openFilesystemObjectStore({ folder, ids: systemIds, clock });
  const pathOf = (digest: Digest) => {
    const hex = hexOf(digest);
    return join(folder, 'sha256', hex.slice(0, 2), hex.slice(2, 4), hex);
  };
  const path = pathOf(DIGEST);
  return { folder, store, path, pathOf, incoming: () => readdir(join(folder, 'incoming')) };
}

test('an object is a private file under its digest', async () => {
  const { store, path, folder, incoming } = await openStore();
  await store.put(BYTES);
  expect(await readFile(path)).toEqual(BYTES);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await incoming()).toEqual([]);
});

test.each([
  ['memory', () => BYTES],
  ['a stream', () => Readable.from([BYTES])],
])('what is there already is not written again from %s, but is young again', async (_, bytes) => {
  const { store, path, incoming } = await openStore();
  await store.put(BYTES);
  const before = await stat(path);
  await utimes(path, 1, 1);
  await store.put(bytes());
  const after = await stat(path);
  expect(after.ino).toBe(before.ino);
  expect(after.mtimeMs).toBe(NOW_MS);
  expect(await incoming()).toEqual([]);
});

test('an upload whose client goes away leaves nothing behind', async () => {
  const { store, incoming } = await openStore();
  const server = createServer();
  const put = new Promise((resolve, reject) => {
    server.once('request', (request) => store.put(request).then(resolve, reject));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  client.write('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nonly the start');
  setTimeout(() => client.destroy(), 50);
  await expect(put).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'the stream of bytes was cut off before its end',
  });
  expect(await incoming()).toEqual([]);
  expect(await store.size(sha256('only the start'))).toBeNull();
  server.close();
});

test('parts to which none was added for long are removed, and others stay', async () => {
  const { store, folder } = await openStore();
  const md5 = createHash('md5').update('part').digest('base64');
  for (const upload of ['old', 'young']) {
    await store.stage({ upload, number: 1, md5 }, Readable.from([Buffer.from('part')]));
  }
  const longAgo = (NOW_MS - STAGED_LIFE_MS - 1_000) / 1_000;
  await utimes(join(folder, 'staged', 'old'), longAgo, longAgo);
  await openStore(folder);
  expect(await readdir(join(folder, 'staged'))).toEqual(['young']);
  expect(await readdir(join(folder, 'staged', 'young'))).toEqual(['1']);
  await expect(store.assemble('old', 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect((await store.assemble('young', 1)).digest).toBe(sha256('part'));
});

test('parts that are too large together are refused before they are read', async () => {
  const { store } = await openStore();
  await stageThree(store, 'large');
  const read = vi.spyOn(StagedParts.prototype, 'read');
  onTestFinished(() => read.mockRestore());
  await expect(store.assemble('large', 3, { sizeMax: 11 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
  expect(read).not.toHaveBeenCalled();
  expect((await store.assemble('large', 3, { sizeMax: 12 })).size).toBe(12);
});

test('a limited number of objects are made of their parts at once', async () => {
  const { store } = await openStore();
  const uploads = ['a', 'b', 'c', 'd', 'e'];
  for (const upload of uploads) await stageThree(store, upload);
  let running = 0;
  let most = 0;
  const read = vi.spyOn(StagedParts.prototype, 'read').mockImplementation(async function* () {
    running += 1;
    most = Math.max(most, running);
    yield await sleep(20, Buffer.from('part'));
    running -= 1;
  });
  onTestFinished(() => read.mockRestore());
  await Promise.all(uploads.map((upload) => store.assemble(upload, 3)));
  expect(most).toBe(JOINS_AT_ONCE_MAX);
});

async function stageThree(store: ObjectStore, upload: string): Promise<void> {
  const md5 = createHash('md5').update('part').digest('base64');
  for (const number of [1, 2, 3]) {
    await store.stage({ upload, number, md5 }, Readable.from([Buffer.from('part')]));
  }
}

test('an object whose file lost bytes is healed by the next put', async () => {
  const { store, path } = await openStore();
  await store.put(BYTES);
  await writeFile(path, BYTES.subarray(0, 5));
  await store.put(BYTES);
  expect(await readFile(path)).toEqual(BYTES);
  await writeFile(path, '');
  await store.put(Readable.from([BYTES]));
  expect(await store.read(DIGEST, 100)).toEqual(BYTES);
});

test.each([
  ['memory', () => BYTES],
  ['a stream', () => Readable.from([BYTES])],
])('an object whose bytes changed on disk is healed by a put from %s', async (_, bytes) => {
  const { store, path, incoming } = await openStore();
  await store.put(BYTES);
  await writeFile(path, BYTES.toString().toUpperCase());
  expect(await store.put(bytes())).toMatchObject({ digest: DIGEST });
  expect(await store.read(DIGEST, 100)).toEqual(BYTES);
  expect(await incoming()).toEqual([]);
});

test('an object too large to compare takes the place of damaged bytes', async () => {
  const { store, folder } = await openStore();
  const large = Buffer.alloc(COMPARED_BYTES_MAX + 1, 'large');
  const { digest } = await store.put(large);
  const hex = hexOf(digest);
  const path = join(folder, 'sha256', hex.slice(0, 2), hex.slice(2, 4), hex);
  const handle = await open(path, 'r+');
  await handle.write('damaged', COMPARED_BYTES_MAX / 2);
  await handle.close();
  await store.put(Readable.from([large]));
  expect(sha256(await readFile(path))).toBe(digest);
});

test('a folder that cannot be made fails the put and nothing else', async () => {
  const { store, folder, incoming } = await openStore();
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  onTestFinished(() => void process.off('unhandledRejection', unhandled));
  await writeFile(join(folder, 'sha256'), 'a file where a folder should be');
  const refused = { code: 'INTERNAL', message: 'the object store failed' };
  await expect(store.put(Readable.from([BYTES]))).rejects.toMatchObject(refused);
  await expect(store.put(BYTES)).rejects.toMatchObject(refused);
  await new Promise((wake) => setTimeout(wake, 50));
  expect(unhandled).not.toHaveBeenCalled();
  expect(await incoming()).toEqual([]);
});

test('bytes that changed on disk are not handed out as the object', async () => {
  const { store, path } = await openStore();
  await store.put(BYTES);
  await writeFile(path, BYTES.toString().toUpperCase());
  await expect(store.read(DIGEST, 100)).rejects.toMatchObject({
    code: 'INTERNAL',
    message: `the stored bytes of ${DIGEST} are damaged`,
  });
});

test('a download of bytes that changed on disk fails before its end', async () => {
  const { store, pathOf } = await openStore();
  const { digest } = await store.put(Buffer.alloc(1_000_000, 1));
  const intact = await store.open(digest);
  let size = 0;
  for await (const chunk of intact ?? []) size += chunk.length;
  expect(size).toBe(1_000_000);
  const bytes = await readFile(pathOf(digest));
  bytes[999_999] = 2;
  await writeFile(pathOf(digest), bytes);
  const damaged = await store.open(digest);
  let passed = 0;
  await expect(async () => {
    for await (const chunk of damaged ?? []) passed += chunk.length;
  }).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('damaged') });
  expect(passed).toBeLessThan(1_000_000);
});

test('a refused put leaves no temporary file', async () => {
  const { store, incoming } = await openStore();
  const cut = new PassThrough();
  cut.write(BYTES);
  setTimeout(() => cut.destroy(), 10);
  const other = sha256('other');
  const results = await Promise.allSettled([
    store.put(cut),
    store.put(Readable.from([BYTES]), { sizeMax: 3 }),
    store.put(Readable.from([BYTES]), { expect: other }),
    store.put(BYTES, { expect: other }),
    store.put(Readable.from([{ an: 'object' }])),
  ]);
  expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  expect(await incoming()).toEqual([]);
});

test('a stream that is refused stays open for its owner to end', async () => {
  const { store } = await openStore();
  const request = new PassThrough();
  request.write(BYTES);
  await expect(store.put(request, { sizeMax: 3 })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
  expect(request.destroyed).toBe(false);
  request.destroy();
});

test('old temporary files of a killed process go at start, young ones stay', async () => {
  const { folder, incoming } = await openStore();
  for (const [name, ageMs] of [
    ['old', LEFTOVER_AGE_MS + 1_000],
    ['young', LEFTOVER_AGE_MS - 1_000],
  ] as const) {
    const path = join(folder, 'incoming', name);
    await writeFile(path, 'half an obj');
    const seconds = (NOW_MS - ageMs) / 1_000;
    await utimes(path, seconds, seconds);
  }
  await openStore(folder);
  expect(await incoming()).toEqual(['young']);
});

test('two stores on one folder share their objects', async () => {
  const { folder, store } = await openStore();
  const other = (await openStore(folder)).store;
  await Promise.all([store.put(BYTES), other.put(Readable.from([BYTES])), other.put(BYTES)]);
  expect(await store.read(DIGEST, 100)).toEqual(BYTES);
  expect(await other.size(DIGEST)).toBe(BYTES.byteLength);
});

test('a folder that was made by hand is used', async () => {
  const folder = join(await temporaryFolder(), 'a', 'b');
  await mkdir(folder, { recursive: true });
  const { store } = await openStore(folder);
  expect((await store.put(BYTES)).digest).toBe(DIGEST);
});

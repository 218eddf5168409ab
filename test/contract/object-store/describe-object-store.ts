import { createHash, randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type Digest, sha256 } from '../../../src/domain/digest.ts';
import { DomainError } from '../../../src/domain/errors.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';

const MIB = 1024 * 1024;
const BIG_BYTES = 64 * MIB;
/** What a put or a read of a big object may add to the process's memory. */
const GROWTH_BYTES_MAX = 48 * MIB;

/** What every object store promises. `open` gives an empty one, closed by the test's own end. */
export function describeObjectStore(name: string, open: () => Promise<ObjectStore>): void {
  describe(`object store: ${name}`, () => {
    describePut(open);
    describeRefusals(open);
    describeReading(open);
    describeBig(open);
    describeParts(open);
  });
}

function describePut(open: () => Promise<ObjectStore>): void {
  test('bytes come back as they went in, from memory and from a stream', async () => {
    const store = await open();
    const bytes = randomBytes(300_000);
    const digest = sha256(bytes);
    expect(await store.put(bytes)).toEqual({ digest, size: 300_000, md5: null });
    expect(await store.read(digest, MIB)).toEqual(bytes);

    const other = randomBytes(300_001);
    expect(await store.put(inPieces(other, 7_001))).toEqual({
      digest: sha256(other),
      size: 300_001,
      md5: null,
    });
    expect(await collected(await store.open(sha256(other)))).toEqual(other);
  });

  test('an empty object is an object', async () => {
    const store = await open();
    const digest = sha256('');
    expect(await store.put(Readable.from([]))).toEqual({ digest, size: 0, md5: null });
    expect(await store.size(digest)).toBe(0);
    expect(await store.read(digest, 0)).toEqual(Buffer.alloc(0));
    expect(await collected(await store.open(digest))).toEqual(Buffer.alloc(0));
  });

  test('MD5 is computed when it is asked for', async () => {
    const store = await open();
    const bytes = randomBytes(1_000);
    const md5 = createHash('md5').update(bytes).digest('base64');
    expect((await store.put(bytes, { md5: 'compute' })).md5).toBe(md5);
    expect((await store.put(inPieces(bytes, 100), { md5: 'compute' })).md5).toBe(md5);
  });

  test('putting what is there already gives the same answer', async () => {
    const store = await open();
    const bytes = randomBytes(5_000);
    const first = await store.put(bytes);
    expect(await store.put(bytes)).toEqual(first);
    expect(await store.put(inPieces(bytes, 999))).toEqual(first);
    expect(await store.read(first.digest, 5_000)).toEqual(bytes);
  });

  test('many puts of the same bytes at once all succeed', async () => {
    const store = await open();
    const bytes = randomBytes(200_000);
    const puts = Array.from({ length: 20 }, (_, n) =>
      store.put(n % 2 === 0 ? bytes : inPieces(bytes, 10_000)),
    );
    const objects = await Promise.all(puts);
    expect(new Set(objects.map(({ digest }) => digest))).toEqual(new Set([sha256(bytes)]));
    expect(await store.read(sha256(bytes), MIB)).toEqual(bytes);
  });

  test('many different puts at once keep apart', async () => {
    const store = await open();
    const all = Array.from({ length: 300 }, () => randomBytes(3_000));
    await Promise.all(all.map((bytes, n) => store.put(n % 5 ? bytes : inPieces(bytes, 500))));
    const back = await Promise.all(all.map((bytes) => store.read(sha256(bytes), 3_000)));
    expect(back).toEqual(all);
  });
}

function describeParts(open: () => Promise<ObjectStore>): void {
  const md5Of = (bytes: Buffer) => createHash('md5').update(bytes).digest('base64');
  const stage = (store: ObjectStore, number: number, bytes: Buffer) =>
    store.stage({ upload: 'upload-1', number, md5: md5Of(bytes) }, inPieces(bytes, 7_001));

  test('parts that come in any order make one object', async () => {
    const store = await open();
    const parts = [randomBytes(50_000), randomBytes(50_000), randomBytes(1)];
    for (const at of [2, 0, 1]) {
      const part = parts[at] as Buffer;
      expect(await stage(store, at + 1, part)).toBe(part.length);
    }
    const whole = Buffer.concat(parts);
    const digest = sha256(whole);
    const made = { digest, size: whole.length, md5: md5Of(whole) };
    expect(await store.assemble('upload-1', 3, { md5: 'compute' })).toEqual(made);
    expect(await store.read(digest, MIB)).toEqual(whole);
    expect(await store.size(sha256(parts[0] as Buffer))).toBeNull();
    expect(await store.assemble('upload-1', 3, { md5: 'compute' })).toEqual(made);
    await store.discard('upload-1');
    await expectCode(store.assemble('upload-1', 3), 'INVALID_INPUT');
    expect(await store.read(digest, MIB)).toEqual(whole);
    await store.discard('upload-1');
  });

  test('a part that comes again takes the place of the earlier one', async () => {
    const store = await open();
    const [first, second] = [randomBytes(9_000), randomBytes(8_000)];
    await stage(store, 1, first);
    await stage(store, 1, second);
    expect((await store.assemble('upload-1', 1)).digest).toBe(sha256(second));
  });

  test('a part with other bytes, or one that is cut off, changes nothing', async () => {
    const store = await open();
    const part = randomBytes(9_000);
    await stage(store, 1, part);
    const name = { upload: 'upload-1', number: 1, md5: md5Of(part) };
    await expectCode(store.stage(name, inPieces(randomBytes(9_000), 500)), 'INVALID_INPUT');
    const cut = new PassThrough();
    const staging = store.stage(name, cut);
    cut.write(part.subarray(0, 100));
    setTimeout(() => cut.destroy(), 20);
    await expectCode(staging, 'INVALID_INPUT');
    const large = store.stage(name, inPieces(part, 500), { sizeMax: 8_999 });
    await expectCode(large, 'LIMIT_EXCEEDED');
    expect((await store.assemble('upload-1', 1)).digest).toBe(sha256(part));
  });

  test('a part that is missing is named, and no object is made', async () => {
    const store = await open();
    const parts = [randomBytes(500), randomBytes(500)];
    await stage(store, 1, parts[0] as Buffer);
    const assembling = store.assemble('upload-1', 2);
    await expect(assembling).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'part 2 of 2 did not arrive',
    });
    await stage(store, 2, parts[1] as Buffer);
    expect((await store.assemble('upload-1', 2)).digest).toBe(sha256(Buffer.concat(parts)));
  });

  test.each(['', '..', '../x', 'a/b', 'A', 'a'.repeat(129)])(
    'the name %j of an upload is refused',
    async (upload) => {
      const store = await open();
      const part = { upload, number: 1, md5: md5Of(Buffer.alloc(1)) };
      await expectCode(store.stage(part, inPieces(Buffer.alloc(1), 1)), 'INVALID_INPUT');
      await expectCode(store.assemble(upload, 1), 'INVALID_INPUT');
      await expectCode(store.discard(upload), 'INVALID_INPUT');
    },
  );

  test.each([0, -1, 1.5, 10_001])('a part cannot have the number %s', async (number) => {
    const store = await open();
    const part = { upload: 'upload-1', number, md5: md5Of(Buffer.alloc(1)) };
    await expectCode(store.stage(part, inPieces(Buffer.alloc(1), 1)), 'INVALID_INPUT');
  });
}

function describeRefusals(open: () => Promise<ObjectStore>): void {
  test('bytes with another digest than expected are refused and not kept', async () => {
    const store = await open();
    const bytes = randomBytes(2_000);
    const expectOther = { expect: sha256('something else') };
    await expectCode(store.put(bytes, expectOther), 'INVALID_INPUT');
    await expectCode(store.put(inPieces(bytes, 300), expectOther), 'INVALID_INPUT');
    expect(await store.size(sha256(bytes))).toBeNull();
    expect(await store.size(expectOther.expect)).toBeNull();
    expect((await store.put(bytes, { expect: sha256(bytes) })).size).toBe(2_000);
  });

  test('more bytes than allowed are refused before the stream ends', async () => {
    const store = await open();
    let given = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given += 1_000;
          yield Buffer.alloc(1_000, given);
        }
      })(),
    );
    await expectCode(store.put(endless, { sizeMax: 1_000_000 }), 'LIMIT_EXCEEDED');
    expect(given).toBeLessThan(20_000_000);
    endless.destroy();
    await expectCode(store.put(Buffer.alloc(11), { sizeMax: 10 }), 'LIMIT_EXCEEDED');
    expect((await store.put(Buffer.alloc(10), { sizeMax: 10 })).size).toBe(10);
    expect((await store.put(inPieces(Buffer.alloc(9), 2), { sizeMax: 9 })).size).toBe(9);
  });

  test('a stream that is cut off leaves nothing behind', async () => {
    const store = await open();
    const bytes = randomBytes(100_000);
    const cut = new PassThrough();
    const put = store.put(cut);
    cut.write(bytes);
    setTimeout(() => cut.destroy(), 20);
    await expectCode(put, 'INVALID_INPUT');
    expect(await store.size(sha256(bytes))).toBeNull();

    const failing = new PassThrough();
    const failed = store.put(failing);
    failing.write(bytes);
    setTimeout(() => failing.destroy(new Error('the network went away')), 20);
    await expectCode(failed, 'INVALID_INPUT');
    expect(await store.size(sha256(bytes))).toBeNull();
  });

  test('a stream that fails at once is refused, not the end of the process', async () => {
    const store = await open();
    const failing = new PassThrough();
    const put = store.put(failing);
    failing.destroy(new Error('gone before it began'));
    await expectCode(put, 'INVALID_INPUT');
    const dead = new PassThrough();
    dead.destroy();
    await expectCode(store.put(dead), 'INVALID_INPUT');
  });

  test("a stream's own DomainError reaches the caller", async () => {
    const store = await open();
    const refusing = new PassThrough();
    const put = store.put(refusing);
    refusing.write(randomBytes(100));
    setTimeout(() => refusing.destroy(new DomainError('UNAUTHENTICATED', 'too late')), 20);
    await expectCode(put, 'UNAUTHENTICATED');
  });

  test.each([
    'sha256:../../../../etc/passwd',
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}`,
    `md5:${'a'.repeat(64)}`,
    `sha256:${'a'.repeat(64)}\n`,
    '',
  ])('a digest that is none is refused: %j', async (text) => {
    const store = await open();
    const digest = text as Digest;
    await expectCode(store.size(digest), 'INVALID_INPUT');
    await expectCode(store.read(digest, 10), 'INVALID_INPUT');
    await expectCode(store.open(digest), 'INVALID_INPUT');
    await expectCode(store.put(Buffer.alloc(1), { expect: digest }), 'INVALID_INPUT');
  });
}

function describeReading(open: () => Promise<ObjectStore>): void {
  test('an object that is not held is null everywhere', async () => {
    const store = await open();
    const digest = sha256('nobody put this');
    expect(await store.size(digest)).toBeNull();
    expect(await store.read(digest, 10)).toBeNull();
    expect(await store.open(digest)).toBeNull();
    expect(await store.open(digest, { start: 0, end: 1 })).toBeNull();
  });

  test('a read is bounded', async () => {
    const store = await open();
    const { digest } = await store.put(Buffer.alloc(101, 1));
    await expectCode(store.read(digest, 100), 'LIMIT_EXCEEDED');
    expect((await store.read(digest, 101))?.byteLength).toBe(101);
  });

  test.each([
    [0, 0],
    [0, 99_999],
    [99_999, 99_999],
    [1, 65_536],
    [65_535, 65_536],
    [50_000, 1_000_000],
  ])('the range from %i to %i', async (start, end) => {
    const store = await open();
    const bytes = randomBytes(100_000);
    const { digest } = await store.put(bytes);
    const part = await collected(await store.open(digest, { start, end }));
    expect(part).toEqual(bytes.subarray(start, end + 1));
  });

  test.each([
    [100, 100],
    [-1, 5],
    [6, 5],
    [0.5, 5],
    [Number.NaN, 5],
  ])('no range from %d to %d', async (start, end) => {
    const store = await open();
    const { digest } = await store.put(Buffer.alloc(100, 2));
    await expectCode(store.open(digest, { start, end }), 'INVALID_INPUT');
  });
}

function describeBig(open: () => Promise<ObjectStore>): void {
  test('64 MiB pass through without being held in memory', async () => {
    const store = await open();
    const block = randomBytes(MIB);
    const expected = createHash('sha256');
    const before = process.memoryUsage();
    let grown = 0;
    const source = Readable.from(
      (function* () {
        for (let sent = 0; sent < BIG_BYTES; sent += MIB) {
          expected.update(block);
          grown = Math.max(grown, growthSince(before));
          yield Buffer.from(block);
        }
      })(),
      { highWaterMark: 1 },
    );
    const { digest, size } = await store.put(source);
    expect({ digest, size }).toEqual({
      digest: `sha256:${expected.digest('hex')}`,
      size: BIG_BYTES,
    });

    const back = createHash('sha256');
    for await (const chunk of (await store.open(digest))!) {
      back.update(chunk);
      grown = Math.max(grown, growthSince(before));
    }
    expect(`sha256:${back.digest('hex')}`).toBe(digest);
    expect(grown).toBeLessThan(GROWTH_BYTES_MAX);
  });
}

function growthSince(before: NodeJS.MemoryUsage): number {
  const now = process.memoryUsage();
  return now.heapUsed - before.heapUsed + now.arrayBuffers - before.arrayBuffers;
}

async function expectCode(work: Promise<unknown>, code: string): Promise<void> {
  await expect(work).rejects.toMatchObject({ name: 'DomainError', code });
}

function inPieces(bytes: Buffer, pieceBytes: number): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    pieces.push(bytes.subarray(at, at + pieceBytes));
  }
  return Readable.from(pieces);
}

async function collected(stream: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream!) chunks.push(chunk);
  return Buffer.concat(chunks);
}

import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { OBJECT_PARTS_MAX } from '../../src/ports/object-store.ts';
import { begin, commit, openDoor, putManifest } from './open-door.ts';

const PART_BYTES = 20_000;
const COMPLETE = `mutation ($parts: [UploadPartsInput!]!, $artifact: ID!, $upload: String!) {
  completeMultipartUploadArtifact(input: {
    completeMultipartAction: Complete, completedParts: $parts, artifactID: $artifact,
    storagePath: "wandb/x", uploadID: $upload
  }) { digest }
}`;
const FILES = `mutation ($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { files { edges { node {
    storagePath uploadUrl uploadHeaders
    uploadMultipartUrls { uploadID uploadUrlParts { partNumber uploadUrl } }
  } } } }
}`;

const hex = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
const base64 = (bytes: Buffer) => createHash('md5').update(bytes).digest('base64');

/** A file of three parts, the last of them short, and its upload as it was begun. */
async function inParts(stated?: string) {
  const door = await openDoor();
  const text = randomBytes(PART_BYTES + 9)
    .toString('hex')
    .slice(1);
  const bytes = Buffer.from(text);
  const parts = [0, 1, 2].map((at) => bytes.subarray(at * PART_BYTES, (at + 1) * PART_BYTES));
  const { id } = await begin(door, { name: 'big', files: { 'big.bin': text } });
  const ask = async () => {
    const file = {
      artifactID: id,
      name: 'big.bin',
      md5: stated ?? base64(bytes),
      uploadPartsInput: parts.map((part, at) => ({ partNumber: at + 1, hexMD5: hex(part) })),
    };
    const { createArtifactFiles } = await door.data(FILES, { input: { artifactFiles: [file] } });
    return createArtifactFiles.files.edges[0].node;
  };
  const node = await ask();
  const urls: string[] = node.uploadMultipartUrls.uploadUrlParts.map(
    ({ uploadUrl }: { uploadUrl: string }) => uploadUrl,
  );
  const put = (at: number, sent = parts[at] as Buffer) =>
    door.app.inject({
      method: 'PUT',
      url: new URL(urls[at] as string).pathname,
      payload: sent,
      headers: { 'content-type': 'application/octet-stream', 'content-md5': base64(sent) },
    });
  const complete = (tags: readonly string[]) =>
    door.graphql(COMPLETE, {
      parts: tags.map((hexMD5, at) => ({ partNumber: at + 1, hexMD5 })),
      artifact: id,
      upload: node.uploadMultipartUrls.uploadID,
    });
  return { door, id, bytes, parts, node, ask, put, complete };
}

describe('a file that comes in parts', () => {
  it('is one file when all of them are there, in whatever order they come', async () => {
    const { door, id, bytes, node, put, complete } = await inParts();
    expect(node.uploadUrl).toMatch(/^http/);
    const tags: string[] = [];
    for (const at of [2, 0, 1]) {
      const { statusCode, headers } = await put(at);
      expect(statusCode).toBe(200);
      tags[at] = String(headers.etag);
    }
    const { status, body } = await complete(tags);
    expect([status, body.data]).toEqual([
      200,
      { completeMultipartUploadArtifact: { digest: base64(bytes) } },
    ]);
    await putManifest(door, id, {
      'big.bin': { digest: base64(bytes), size: bytes.length, birthArtifactID: id },
    });
    expect((await commit(door, id)).status).toBe(200);
    const { project } = await door.data(
      `{ project(name: "p", entityName: "main") { artifactCollectionMembership(name: "big:v0") {
        files(first: 1) { edges { node { directUrl md5 sizeBytes } } }
      } } }`,
    );
    const [{ node: file }] = project.artifactCollectionMembership.files.edges;
    expect(file).toMatchObject({ md5: base64(bytes), sizeBytes: bytes.length });
    expect((await door.get(file.directUrl)).rawPayload.equals(bytes)).toBe(true);
  });

  it('costs one part when a connection is cut', async () => {
    const { put, complete, parts } = await inParts();
    const tags = [];
    for (const at of [0, 1, 2]) tags.push(String((await put(at)).headers.etag));
    const cut = await put(1, (parts[1] as Buffer).subarray(0, 100));
    expect(cut.statusCode).toBe(400);
    expect(cut.json().errors[0].message).toMatch(/^part 2 has the MD5/);
    expect((await complete(tags)).status).toBe(200);
  });

  it('is told which part is missing, and goes on with that', async () => {
    const { put, complete, parts } = await inParts();
    await put(0);
    await put(2);
    const tags = parts.map((part) => `"${hex(part)}"`);
    const { status, body } = await complete(tags);
    expect([status, body.errors[0].message]).toEqual([400, 'part 2 of 3 did not arrive']);
    await put(1);
    expect((await complete(tags)).status).toBe(200);
    expect((await complete(tags)).status).toBe(200);
  });

  it('keeps the parts that came when it is asked for again', async () => {
    const { node, ask, put, complete, parts } = await inParts();
    await put(0);
    const again = await ask();
    expect(again.uploadMultipartUrls.uploadID).toBe(node.uploadMultipartUrls.uploadID);
    await put(1);
    await put(2);
    expect((await complete(parts.map((part) => `"${hex(part)}"`))).status).toBe(200);
  });

  it('is put together once, however often it is asked for at the same time', async () => {
    const { door, put, complete, parts } = await inParts();
    for (const at of [0, 1, 2]) await put(at);
    const assemble = vi.spyOn(door.hub.objects, 'assemble');
    const tags = parts.map((part) => `"${hex(part)}"`);
    const answers = await Promise.all([complete(tags), complete(tags), complete(tags)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(assemble).toHaveBeenCalledTimes(1);
  });

  it('has to come anew when it is another file than was stated', async () => {
    const { put, complete, parts } = await inParts(base64(Buffer.from('another')));
    for (const at of [0, 1, 2]) await put(at);
    const tags = parts.map((part) => `"${hex(part)}"`);
    const messages = [];
    for (let times = 0; times < 2; times += 1) {
      const { status, body } = await complete(tags);
      expect(status).toBe(400);
      messages.push(body.errors[0].message);
    }
    expect(messages).toEqual([
      expect.stringMatching(/^the bytes of big.bin have the MD5 .* as declared$/),
      'part 1 of 3 did not arrive',
    ]);
  });

  it('is refused with other parts than it began with', async () => {
    const { put, complete, parts } = await inParts();
    for (const at of [0, 1, 2]) await put(at);
    const tags = parts.map((part) => `"${hex(part)}"`);
    const few = await complete(tags.slice(0, 2));
    expect(few.body.errors[0].message).toBe('2 parts are named of a file of 3');
    const other = await complete([tags[0] as string, tags[0] as string, tags[2] as string]);
    expect(other.body.errors[0].message).toMatch(/^part 2 has the tag/);
  });

  it('leaves no part behind when it is whole, nor when its version is committed', async () => {
    const { door, id, node, put, complete, parts } = await inParts();
    for (const at of [0, 1, 2]) await put(at);
    const discard = vi.spyOn(door.hub.objects, 'discard');
    await complete(parts.map((part) => `"${hex(part)}"`));
    const [name] = discard.mock.calls[0] as [string];
    await expect(door.hub.objects.assemble(name, 3)).rejects.toThrow('part 1 of 3');
    expect(name.endsWith(node.uploadMultipartUrls.uploadID)).toBe(true);
    await put(0);
    const bytes = Buffer.concat(parts);
    await putManifest(door, id, {
      'big.bin': { digest: base64(bytes), size: bytes.length, birthArtifactID: id },
    });
    expect((await commit(door, id)).status).toBe(200);
    await expect(door.hub.objects.assemble(name, 3)).rejects.toThrow('part 1 of 3');
    expect((await put(0)).statusCode).toBe(404);
  });

  it.each([
    [[{ partNumber: 2, hexMD5: '0'.repeat(32) }], 'the parts of a file are numbered 1, 2, 3, ...'],
    [[{ partNumber: 1, hexMD5: 'x' }], 'the MD5 of part 1 is not in hex'],
  ])('is refused when its parts are %j', async (uploadPartsInput, message) => {
    const { door, id } = await inParts();
    const file = { artifactID: id, name: 'big.bin', md5: 'x', uploadPartsInput };
    const { status, body } = await door.graphql(FILES, { input: { artifactFiles: [file] } });
    expect([status, body.errors[0].message]).toEqual([400, message]);
  });

  it('may have ten thousand parts, and what is beyond the limit comes in one piece', async () => {
    const { door, id } = await inParts();
    const uploadPartsInput = Array.from({ length: OBJECT_PARTS_MAX }, (_, at) => ({
      partNumber: at + 1,
      hexMD5: hex(Buffer.from(`${at}`)),
    }));
    const artifactFiles = ['a', 'b', 'c'].map((name) => ({
      artifactID: id,
      name,
      md5: base64(Buffer.from(name)),
      uploadPartsInput,
    }));
    const { createArtifactFiles } = await door.data(FILES, { input: { artifactFiles } });
    const counts = createArtifactFiles.files.edges.map(
      ({ node }: { node: Node }) => node.uploadMultipartUrls?.uploadUrlParts.length ?? 0,
    );
    expect(counts).toEqual([OBJECT_PARTS_MAX, OBJECT_PARTS_MAX, 0]);
  });
});

interface Node {
  readonly uploadMultipartUrls: { readonly uploadUrlParts: readonly unknown[] } | null;
}

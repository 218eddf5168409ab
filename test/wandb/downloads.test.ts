import { describe, expect, it } from 'vitest';
import { openDoor, upload } from './open-door.ts';

const TEXT = '0123456789';

async function addressOfFile() {
  const door = await openDoor();
  await upload(door, { name: 'ds', files: { 'a.txt': TEXT } });
  const { project } = await door.data(
    `{ project(name: "p", entityName: "main") { artifactCollectionMembership(name: "ds:v0") {
      files(first: 1) { edges { node { directUrl } } }
    } } }`,
  );
  const [{ node }] = project.artifactCollectionMembership.files.edges;
  return (headers: Record<string, string> = {}) => door.get(node.directUrl, headers);
}

describe('a download', () => {
  it('says how long it is and what it is', async () => {
    const get = await addressOfFile();
    const { statusCode, headers } = await get();
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-length': '10',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"sha256:[0-9a-f]{64}"$/),
    });
    expect((await get({ 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
  });

  it.each([
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=4-6', '456', 'bytes 4-6/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', TEXT, 'bytes 0-9/10'],
  ])('goes on from where it stopped: %s', async (range, body, contentRange) => {
    const get = await addressOfFile();
    const answer = await get({ range });
    expect([answer.statusCode, answer.body, answer.headers['content-range']]).toEqual([
      206,
      body,
      contentRange,
    ]);
    expect(answer.headers['content-length']).toBe(String(body.length));
  });

  it.each(['bytes=10-', 'bytes=-0'])('has nothing for the range %s', async (range) => {
    const get = await addressOfFile();
    const { statusCode, headers } = await get({ range });
    expect([statusCode, headers['content-range']]).toEqual([416, 'bytes */10']);
  });

  it.each(['bytes=-', 'bytes=5-4', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=a-b'])(
    'is whole where %j is no range that the hub serves',
    async (range) => {
      const get = await addressOfFile();
      const { statusCode, body } = await get({ range });
      expect([statusCode, body]).toEqual([200, TEXT]);
    },
  );

  it('goes on only with the bytes that it began with', async () => {
    const get = await addressOfFile();
    const tag = String((await get()).headers.etag);
    const same = await get({ range: 'bytes=4-', 'if-range': tag });
    expect([same.statusCode, same.body]).toEqual([206, '456789']);
    const other = await get({ range: 'bytes=4-', 'if-range': '"other"' });
    expect([other.statusCode, other.body]).toEqual([200, TEXT]);
  });
});

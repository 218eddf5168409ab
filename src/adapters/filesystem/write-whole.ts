import type { FileHandle } from 'node:fs/promises';

/** Writes all of a chunk: a write that is given little room may take only a part of it. */
export async function writeWhole(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.byteLength) {
    written += (await handle.write(chunk, written)).bytesWritten;
  }
}

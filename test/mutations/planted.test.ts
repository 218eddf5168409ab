import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { MUTATIONS } from './planted.ts';

const root = join(import.meta.dirname, '..', '..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

/** A file with its tests; a contract's stand beside the file that runs them on an adapter. */
function textsOf(file: string): string[] {
  if (!file.startsWith('test/contract/')) return [textOf(file)];
  const folder = dirname(file);
  return readdirSync(join(root, folder)).map((name) => textOf(join(folder, name)));
}

// `npm run mutations` plants them all, which takes minutes; this sees that it still could.
test.each(MUTATIONS)('can still be planted: $name', ({ edits, test: file, title }) => {
  for (const { file: edited, from, to } of edits) {
    expect({ edited, from, times: textOf(edited).split(from).length - 1 }).toEqual({
      edited,
      from,
      times: 1,
    });
    expect(to).not.toBe(from);
  }
  expect(textsOf(file).some((text) => text.includes(title))).toBe(true);
});

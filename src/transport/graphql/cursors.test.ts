import { expect, test } from 'vitest';
import { questionOf, readCursor, writeCursor } from './cursors.ts';

test('a cursor leads back to its place', () => {
  const question = questionOf('search', { text: 'fraud', kinds: ['RUN'] });
  expect(readCursor(writeCursor(question, [7, 'run_x']), question)).toEqual([7, 'run_x']);
});

test('arguments of paging, and those left out, make no other question', () => {
  const question = questionOf('search', { text: 'fraud' });
  expect(questionOf('search', { text: 'fraud', first: 5, after: 'x', kinds: null })).toBe(question);
  expect(questionOf('search', { text: 'fraud', project: undefined })).toBe(question);
});

test('a cursor of another question is refused, and so is what is none', () => {
  const cursor = writeCursor(questionOf('search', { text: 'fraud' }), 1);
  expect(() => readCursor(cursor, questionOf('search', { text: 'loans' }))).toThrow(
    /belongs to another question/,
  );
  for (const wrong of ['', 'x', cursor.slice(4), Buffer.from('null').toString('base64url')]) {
    expect(() => readCursor(wrong, questionOf('search', {}))).toThrow(/none that this hub/);
  }
});

test('a cursor whose place was altered is refused', () => {
  const question = questionOf('search', { text: 'fraud' });
  const content = JSON.parse(
    Buffer.from(writeCursor(question, [7, 'run_x']), 'base64url').toString(),
  );
  for (const p of [[8, 'run_x'], [{}], { toString: 1 }]) {
    const altered = Buffer.from(JSON.stringify({ ...content, p })).toString('base64url');
    expect(() => readCursor(altered, question)).toThrow(/none that this hub/);
  }
});

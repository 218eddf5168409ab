import { expect, test } from 'vitest';
import type { Json } from '../../domain/values/value.ts';
import { type PlaceShape, questionOf, readCursor, writeCursor } from './cursors.ts';

test('a cursor leads back to its place', () => {
  const question = questionOf('search', { text: 'fraud', kinds: ['RUN'] });
  expect(readCursor(writeCursor(question, [7, 'run_x']), question, ['index', 'text'])).toEqual([
    7,
    'run_x',
  ]);
});

test('arguments of paging, and those left out, make no other question', () => {
  const question = questionOf('search', { text: 'fraud' });
  expect(questionOf('search', { text: 'fraud', first: 5, after: 'x', kinds: null })).toBe(question);
  expect(questionOf('search', { text: 'fraud', project: undefined })).toBe(question);
});

test('a cursor of another question is refused, and so is what is none', () => {
  const cursor = writeCursor(questionOf('search', { text: 'fraud' }), 1);
  expect(() => readCursor(cursor, questionOf('search', { text: 'loans' }), 'index')).toThrow(
    /belongs to another question/,
  );
  for (const wrong of ['', 'x', cursor.slice(4), Buffer.from('null').toString('base64url')]) {
    expect(() => readCursor(wrong, questionOf('search', {}), 'index')).toThrow(
      /none that this hub/,
    );
  }
});

test('a cursor whose place was altered is refused', () => {
  const question = questionOf('search', { text: 'fraud' });
  const content = JSON.parse(
    Buffer.from(writeCursor(question, [7, 'run_x']), 'base64url').toString(),
  );
  for (const p of [[8, 'run_x'], [{}], { toString: 1 }]) {
    const altered = Buffer.from(JSON.stringify({ ...content, p })).toString('base64url');
    expect(() => readCursor(altered, question, ['index', 'text'])).toThrow(/none that this hub/);
  }
});

test('a place of another shape than the question has is refused', () => {
  const question = questionOf('search', {});
  const read = (place: Json, shape: PlaceShape) =>
    readCursor(writeCursor(question, place), question, shape);
  for (const place of [null, -1, 1.5, '1', {}, [], [1], true]) {
    expect(() => read(place, 'index')).toThrow('this is not a cursor of this query');
  }
  for (const place of [null, 1, [], [1], [{}, {}], ['x', 1], [1, 'x', 2], { 0: 1, 1: 'x' }]) {
    expect(() => read(place, ['index', 'text'])).toThrow('this is not a cursor of this query');
  }
  expect(read(0, 'index')).toBe(0);
  expect(read(['a', 'b'], ['text', 'text'])).toEqual(['a', 'b']);
});

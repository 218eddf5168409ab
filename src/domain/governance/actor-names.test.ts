import { expect, test } from 'vitest';
import { checkActorName } from './actor-names.ts';

test.each([
  'system',
  'System',
  ' UNKNOWN ',
  '[erased]',
  '[Damaged]',
  'restricted',
  'administrator',
  'ADMINISTRATOR\u00a0',
  '\uff53ystem',
])('%j is no name for an actor', (name) => {
  expect(() => checkActorName(name, 'the name')).toThrow(
    'the name must be none of "system", "unknown", "restricted", "administrator", "[erased]", ' +
      '"[damaged]"',
  );
});

test.each(['systems', 'Administrator of main', 'erased', 'Ada'])('%j is one', (name) => {
  expect(checkActorName(name, 'the name')).toBe(name);
});

test('a name is a text, as any other', () => {
  expect(() => checkActorName(' ', 'the name')).toThrow('the name is blank');
  expect(checkActorName('cafe\u0301', 'the name')).toBe('café');
});

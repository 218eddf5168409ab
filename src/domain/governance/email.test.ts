import { expect, test } from 'vitest';
import { checkEmail, comparableEmail, EMAIL_LENGTH_MAX } from './email.ts';

test('an address keeps its letters and compares without regard to case', () => {
  expect(checkEmail(' Ada@Example.org ')).toBe('Ada@Example.org');
  expect(comparableEmail(' Ada@Example.org ')).toBe('ada@example.org');
});

test.each(['', 'ada', '@example.org', 'ada@', 'a@b@c', 'a b@c', 'a\u0000@b', 'a\n@b'])(
  '%j is refused',
  (given) => {
    expect(() => checkEmail(given)).toThrow('an e-mail address is name@domain');
  },
);

test('a longer one than fits is refused, and no error repeats it', () => {
  const long = `${'x'.repeat(EMAIL_LENGTH_MAX)}@example.org`;
  expect(() => checkEmail(long)).toThrow(/^(?!.*xxx).*$/);
});

import { invalidInput } from '../errors.ts';

/** Longest e-mail address, in UTF-16 units: what fits into SMTP's path. */
export const EMAIL_LENGTH_MAX = 254;

/** One `@` with something on both sides; the rest only the other end can tell. */
const EMAIL = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u;

/** An address as it was written, without space around it. Errors do not repeat it. */
export function checkEmail(given: string): string {
  const email = given.trim().normalize('NFC');
  if (email.length > EMAIL_LENGTH_MAX || !EMAIL.test(email)) {
    throw invalidInput(
      `an e-mail address is name@domain, of at most ${EMAIL_LENGTH_MAX} characters`,
    );
  }
  return email;
}

/** The form in which two addresses are the same one. */
export function comparableEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

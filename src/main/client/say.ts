import { plainJson, plainText } from './plain-text.ts';

/** A line of the answer itself, on stdout. */
export function say(line: string): void {
  console.log(plainText(line));
}

/** A line about the answer, on stderr: it must not get into what a script reads. */
export function tell(line: string): void {
  console.error(plainText(line));
}

/** What somebody should look into, beside what they asked for. */
export function tellWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) tell(`warning: ${warning}`);
}

/** One JSON document on one line. */
export function sayJson(value: unknown): void {
  console.log(plainJson(value));
}

/** A key, shown this once: alone on stdout, so that `$(...)` and `>` take it and nothing else. */
export function sayKey(key: string, about: string): void {
  tell(about);
  console.log(key);
}

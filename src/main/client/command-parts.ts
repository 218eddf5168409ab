import { type Command, InvalidArgumentError, Option } from 'commander';
import { LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX } from './connection-pages.ts';

/** Examples at the end of a command's --help. A test runs each of them against a hub. */
export function withExamples(command: Command, ...lines: string[]): Command {
  const title = lines.length === 1 ? 'Example' : 'Examples';
  return command.addHelpText(
    'after',
    `\n${title}:\n${lines.map((each) => `  ${each}`).join('\n')}`,
  );
}

export function jsonDocument(): Option {
  return new Option('--json', 'print one JSON document');
}

export function jsonLines(): Option {
  return new Option('--json', 'print JSON Lines, one item a line');
}

/** How many items a list prints. */
export function limitOption(what: string, max: number = LIST_LIMIT_MAX): Option {
  return new Option('--limit <n>', `${what}, at most ${max}`)
    .default(LIST_LIMIT_DEFAULT)
    .argParser((text) => wholeNumber(text, { from: 1, to: max }));
}

/** A whole number within bounds, as an argument of a command. */
export function wholeNumber(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number >= from && number <= to) return number;
  throw new InvalidArgumentError(`It takes a whole number from ${from} to ${to}.`);
}

/** One of a closed list, in any case of its letters. */
export function oneOf<T extends string>(known: readonly T[]): (text: string) => T {
  return (text) => {
    const found = known.find((each) => each === text.toUpperCase().replaceAll('-', '_'));
    if (found !== undefined) return found;
    const words = known.map((each) => each.toLowerCase().replaceAll('_', '-'));
    throw new InvalidArgumentError(`There are: ${words.join(', ')}.`);
  };
}

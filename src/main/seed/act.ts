import { instantFromMs } from '../../domain/time.ts';
import type { DocumentName } from '../client/documents.ts';

/** What is known while a scenario is played. */
export interface Known {
  /** Id of what an earlier act made. */
  id(name: string): string;
  /** When the scenario was first begun; its times are counted back from here. */
  readonly anchor: string;
}

/** One request of a scenario, which is to be one fact of the log. */
export interface Act {
  /** Tells it from all others of the scenario; stands in its idempotency key. */
  readonly name: string;
  /** The account that does it; null for the administrator who seeds. */
  readonly by: string | null;
  readonly document: DocumentName;
  /** By what name later acts mean what it makes. */
  readonly gives: string | null;
  /** The code that it is to be refused with. */
  readonly refused: string | null;
  /** Parts of the body of its fact, by which the fact is known to be of this act. */
  says?(known: Known): Readonly<Record<string, unknown>>;
  input(known: Known): Readonly<Record<string, unknown>>;
}

/** The key by which the hub, and whoever reads the log, knows the act again. */
export function keyOfAct(scenario: string, { name }: Pick<Act, 'name'>): string {
  return `${keyPrefix(scenario)}${name}`;
}

export function keyPrefix(scenario: string): string {
  return `seed:${scenario}:`;
}

export function shiftedBy(time: string, ms: number): string {
  return instantFromMs(Date.parse(time) + ms);
}

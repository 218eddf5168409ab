import { SYSTEM_ACTOR } from '../domain/actor.ts';
import type { Command, CommandInput } from '../ledger/command.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { LineageStore } from '../ports/lineage-store.ts';
import type { Log } from '../ports/log.ts';
import type { OperationalStore } from '../ports/operational-store.ts';
import type { Config } from './config.ts';

/** Told of a key that was made, before it is stored: it is kept nowhere in this form. */
export type OnNewKey = (key: string) => void;

/** What bringing a hub to where it can be used takes. */
export interface Founding {
  readonly config: Pick<Config, 'org' | 'team' | 'adminKey'>;
  readonly ledger: Pick<Ledger, 'submit'>;
  readonly store: LineageStore;
  readonly operational: OperationalStore;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  readonly onNewKey: OnNewKey;
}

/** Does a step of the founding in the name of the hub itself. */
export async function takeStep<I extends CommandInput>(
  { ledger }: Founding,
  command: Command<I>,
  input: I,
): Promise<void> {
  await ledger.submit({ command, input, actor: SYSTEM_ACTOR });
}

import { openLineageSubmissions } from '../../src/commands/openlineage-submissions.ts';
import { recordOpenLineage } from '../../src/commands/record-openlineage.ts';
import type { Actor } from '../../src/domain/actor.ts';
import type { NodeId } from '../../src/domain/lineage/node-id.ts';
import type { Receipt } from '../../src/ledger/command.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { parseOpenLineageEvent } from '../../src/wire/openlineage/parse-event.ts';
import { toldPartsOf } from '../../src/wire/openlineage/told-parts.ts';

export interface Teller {
  readonly ledger: Pick<Ledger, 'submit'>;
  readonly project: NodeId;
  readonly sender: Actor;
  readonly owners?: ReadonlyMap<string, NodeId>;
}

/** Records one event as the worker does; answers what each part came to. */
export async function tell(event: unknown, by: Teller): Promise<Receipt[]> {
  const { ledger, project, sender, owners = new Map() } = by;
  const parts = toldPartsOf(parseOpenLineageEvent(event));
  const receipts: Receipt[] = [];
  for (const { input, idempotencyKey } of openLineageSubmissions(parts, {
    ...{ project, owners, sender },
  })) {
    const submission = { command: recordOpenLineage, input, actor: sender, idempotencyKey };
    receipts.push(await ledger.submit(submission));
  }
  return receipts;
}

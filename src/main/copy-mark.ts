import { DomainError } from '../domain/errors.ts';
import type { OperationalStore } from '../ports/operational-store.ts';

/** Stands in a database from the beginning of a copy into it until its end was checked. */
const MARK = 'copy under way';

export async function beginCopy(target: OperationalStore): Promise<void> {
  await target.put('cursor', [{ key: MARK, value: '1' }]);
}

export async function endCopy(target: OperationalStore): Promise<void> {
  await target.delete('cursor', [MARK]);
}

/** A hub on half a log would make facts that the rest of it then contradicts. */
export async function refuseHalfCopied(operational: OperationalStore): Promise<void> {
  if ((await operational.get('cursor', MARK)) === null) return;
  throw new DomainError(
    'CONFLICT',
    'a copy into this database was not ended: `ledgerline copy` goes on with it',
  );
}

import { DomainError, isDomainError } from '../../domain/errors.ts';
import { placeOfScope } from '../../domain/governance/permissions.ts';
import { instantFromMs } from '../../domain/time.ts';
import { mayReadScope } from '../../projections/readable-by.ts';
import { whoManages } from '../../projections/who-manages.ts';
import type { GraphContext } from './graph-context.ts';

/**
 * The error with `ask`, the ids of some who could grant what is missing, where the reader may
 * know of the place. Other errors stay as they are.
 */
export async function withWhomToAsk(error: unknown, context: GraphContext): Promise<unknown> {
  if (!isDomainError(error) || error.code !== 'FORBIDDEN') return error;
  const { hub, reader } = context;
  const { scope } = error.details;
  const now = instantFromMs(hub.clock.nowMs());
  const place = typeof scope === 'string' ? placeOfScope(scope) : null;
  if (place === null || !mayReadScope(reader, scope as string, now)) return error;
  const { store, roles } = hub;
  const ask = await whoManages(place, { store, roles, now });
  const details = { ...error.details, ask };
  return new DomainError(error.code, error.message, { details, cause: error });
}

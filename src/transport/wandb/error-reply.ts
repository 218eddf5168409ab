import type { FastifyReply } from 'fastify';
import type { DomainError, ErrorCode } from '../../domain/errors.ts';
import { ERROR_TABLE } from '../error-table.ts';
import type { Hub } from '../hub.ts';
import { publicError } from '../public-error.ts';

/**
 * wandb clients try a 409 again and again when they make a run, so what cannot succeed is
 * answered with a status that they take for final.
 */
const FINAL_CONFLICT = 422;
const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  CONFLICT: FINAL_CONFLICT,
  GATE_CLOSED: FINAL_CONFLICT,
};

export interface WireFailure {
  readonly status: number;
  readonly retryAfterS: number | null;
  readonly error: DomainError;
}

/** How a failure shows on this door. */
export function wireFailure(error: unknown, hub: Pick<Hub, 'ids' | 'log'>): WireFailure {
  const shown = publicError(error, hub);
  const { http, retryAfterS } = ERROR_TABLE[shown.code];
  return { status: STATUS_OF[shown.code] ?? http, retryAfterS, error: shown };
}

/** wandb clients show what stands in `errors[].message`, whatever the request was. */
export function sendFailure(
  reply: FastifyReply,
  error: unknown,
  hub: Pick<Hub, 'ids' | 'log'>,
): FastifyReply {
  const failure = wireFailure(error, hub);
  if (failure.retryAfterS !== null) reply.header('retry-after', String(failure.retryAfterS));
  return reply.code(failure.status).send({ errors: [errorBody(failure.error)] });
}

export function errorBody({ message, code }: DomainError) {
  return { message, extensions: { code: ERROR_TABLE[code].graphql } };
}

/** Options of the field `idempotencyKey`, which every mutation's input has. */
export const IDEMPOTENCY_KEY = {
  nullable: true,
  description:
    'A key of the client’s own. The same key with the same input is answered as the first time ' +
    'and changes nothing; with another input it is refused as CONFLICT.',
} as const;

/** Options of the field `occurredAt`. */
export const OCCURRED_AT = {
  nullable: true,
  description: 'When it happened in the world; now when left out.',
} as const;

/** Options of the field `reason` of a deletion. */
export const DELETION_REASON = {
  nullable: true,
  description: 'Why it is deleted. Kept so that it can be erased with its writer.',
} as const;

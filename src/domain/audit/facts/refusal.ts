import { z } from 'zod';
import { factType, leaf, nullableText } from '../fact-type.ts';

/** A command that was refused: outcome `deny`, no changes. */
export const commandRefused = factType({
  type: 'command.refused',
  version: 1,
  fields: {
    operation: leaf(z.string()),
    code: leaf(z.string()),
    /** The hub's own words, cut; they name things and permissions, never a person. */
    message: leaf(z.string()),
    missing: leaf(z.array(z.string())),
  },
  changes: () => [],
});

/** Stands for the equal refusals past the tenth within one minute. */
export const refusalsCounted = factType({
  type: 'refusals.counted',
  version: 1,
  fields: {
    operation: leaf(z.string()),
    code: leaf(z.string()),
    actor: leaf(z.string()),
    subject: leaf(nullableText),
    count: leaf(z.number().int().positive()),
    from: leaf(z.string()),
    until: leaf(z.string()),
  },
  changes: () => [],
});

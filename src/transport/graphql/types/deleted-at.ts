/** Options of the field `deletedAt` of what can be deleted. */
export const DELETED_AT = {
  nullable: true,
  description:
    'When it was deleted; null while it is there. What was deleted stays in lineage, and is ' +
    'found by its id alone; its history tells who deleted it and why.',
} as const;

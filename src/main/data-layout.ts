/** Names within the data folder. */
export const DATA_LAYOUT = {
  graph: 'ledgerline.db',
  operational: 'operational.db',
  jobs: 'jobs.db',
  lock: 'lock.db',
  raw: 'raw',
  objects: 'objects',
  telemetry: 'telemetry',
  keys: 'keys',
} as const;

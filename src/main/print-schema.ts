import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubSdl } from '../transport/graphql/hub-schema.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Writes schema/hub.graphql from the code. A test fails while the two differ. */
writeFileSync(join(root, 'schema', 'hub.graphql'), hubSdl());

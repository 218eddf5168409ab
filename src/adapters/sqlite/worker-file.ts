import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DomainError } from '../../domain/errors.ts';

/**
 * The file that the threads run, seen from a module of this folder. Threads run compiled code,
 * also when the module itself is run from source, as tests and the development server do.
 */
export function workerFile(module: string): URL {
  if (!module.endsWith('.ts')) return new URL('./sqlite-worker.js', module);
  const compiled = new URL('../../../dist/adapters/sqlite/sqlite-worker.js', module);
  if (existsSync(fileURLToPath(compiled))) return compiled;
  throw new DomainError(
    'INTERNAL',
    'dist/adapters/sqlite/sqlite-worker.js is missing: run `npm run build` first, since the ' +
      "lineage store's threads run compiled code",
  );
}

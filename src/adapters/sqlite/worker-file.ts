import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DomainError } from '../../domain/errors.ts';

/**
 * The file of this name that threads run, seen from a module of this folder. Threads run compiled
 * code, also when the module itself is run from source, as tests and the development server do.
 */
export function workerFile(module: string, script: string): URL {
  if (!module.endsWith('.ts')) return new URL(`./${script}.js`, module);
  const path = `dist/adapters/sqlite/${script}.js`;
  const compiled = new URL(`../../../${path}`, module);
  if (existsSync(fileURLToPath(compiled))) return compiled;
  throw new DomainError(
    'INTERNAL',
    `${path} is missing: run \`npm run build\` first, since the threads of the stores run ` +
      'compiled code',
  );
}

/**
 * Plants each mistake of planted.ts into a copy of the tree and runs the test that must notice
 * it: `npm run mutations`, or only those of a name: `npm run mutations -- fsync`. Exit code 1
 * when a mistake went unnoticed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS, type Mutation } from './planted.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** How long one planted mistake may take to be noticed, in milliseconds. */
const MUTATION_MS_MAX = 300_000;

function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledgerline-mutation-'));
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT });
  for (const file of String(files).trim().split('\n')) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function plant({ edits }: Mutation, folder: string): void {
  for (const { file, from, to } of edits) {
    const text = readFileSync(join(folder, file), 'utf8');
    if (text.split(from).length !== 2) {
      throw new Error(`${file} does not hold exactly once: ${from}`);
    }
    writeFileSync(
      join(folder, file),
      text.replace(from, () => to),
    );
  }
}

interface Report {
  readonly testResults: ReadonlyArray<{
    readonly assertionResults: ReadonlyArray<{
      readonly fullName: string;
      readonly status: string;
    }>;
  }>;
}

/** Names of the tests that failed under the mistake. */
function failing(mutation: Mutation, folder: string): string[] {
  const options = { cwd: folder, timeout: MUTATION_MS_MAX, encoding: 'utf8' } as const;
  const built = spawnSync('node', ['scripts/build.mjs'], options);
  if (built.status !== 0) throw new Error(`it does not build:\n${built.stdout}${built.stderr}`);
  const report = join(folder, 'report.json');
  const args = ['vitest', 'run', mutation.test, '--reporter=json', `--outputFile=${report}`];
  spawnSync('npx', args, { ...options, stdio: 'ignore' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName);
}

const wanted = process.argv[2] ?? '';
const mutations = MUTATIONS.filter(({ name }) => name.includes(wanted));
let unnoticed = 0;
for (const mutation of mutations) {
  const folder = copyTree();
  try {
    plant(mutation, folder);
    const red = failing(mutation, folder).filter((name) => name.includes(mutation.title));
    if (red.length === 0) unnoticed += 1;
    console.log(`${red.length > 0 ? 'noticed  ' : 'UNNOTICED'} ${mutation.name}: ${red[0] ?? ''}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(`${mutations.length - unnoticed} of ${mutations.length} planted mistakes were noticed`);
process.exitCode = unnoticed === 0 && mutations.length > 0 ? 0 : 1;

// Compiles src/ into dist/. It is a script because npm runs it as `prepare` in two places where a bare
// `tsc` would fail: a checkout that has no source yet, and an install without development packages.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src');
const output = join(root, 'dist');
const cli = join(output, 'main', 'cli.js');

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];

const findCompiler = () => {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
};

// A file whose source is gone would still be importable, and a deleted module would seem to live on.
const removeOrphans = () => {
  for (const file of filesBelow(output)) {
    if (!/\.js(\.map)?$/.test(file)) continue;
    const origin = join(source, file.slice(output.length + 1).replace(/\.js(\.map)?$/, '.ts'));
    if (!existsSync(origin) && !existsSync(`${origin}x`)) rmSync(file);
  }
};

const build = () => {
  const compiler = findCompiler();
  if (compiler === undefined) {
    if (existsSync(cli)) return 0;
    console.error('build: dist/ is missing and TypeScript is not installed; run `npm ci` first');
    return 1;
  }
  if (!filesBelow(source).some((file) => /(?<!\.test)\.ts$/.test(file))) return 0;
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) return status ?? 1;
  removeOrphans();
  if (existsSync(cli)) chmodSync(cli, 0o755);
  return 0;
};

// `npx ledgerline` runs what it finds here at once. Without it npx packs and builds the whole project
// first, which takes half a minute and says nothing meanwhile.
const linkCommand = () => {
  const folder = join(root, 'node_modules', '.bin');
  try {
    symlinkSync(relative(folder, cli), join(folder, 'ledgerline'));
  } catch {
    // It is there already, or cannot be made here; npx works all the same, only slowly.
  }
};

process.exitCode = build();
if (process.exitCode === 0) linkCommand();

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

const pages = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true })
    .map((name) => join('docs', String(name)))
    .filter((name) => name.endsWith('.md')),
];
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');
const commandSources = ['cli.ts', ...readdirSync(join(ROOT, 'src/main/client'))]
  .map((name) => textOf(name === 'cli.ts' ? `src/main/${name}` : `src/main/client/${name}`))
  .join('\n');

describe.each(pages)('%s', (page) => {
  const text = textOf(page);

  it('names only files that are there', () => {
    const named = text.match(/\b(?:src|test|schema|docs|bench)\/[\w./-]*\w(?:\.\w+|\/)/g) ?? [];
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('links only to pages that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '');
    const missing = links.filter((link) => !existsSync(join(ROOT, page, '..', link)));
    expect(missing).toEqual([]);
  });

  it('names only scripts and commands that there are', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const asked = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name ?? '');
    expect(asked.filter((name) => !(name in scripts))).toEqual([]);
    const commands = [...text.matchAll(/npx ledgerline (\w+)/g)].map(([, name]) => name ?? '');
    const known = [...commandSources.matchAll(/\.command\('(\w+)'\)/g)];
    expect(commands.filter((name) => !known.some(([, each]) => each === name))).toEqual([]);
  });
});

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { GRAPHIQL_SCRIPT, GRAPHIQL_STYLE } from './graphiql-page.ts';

/** Hex digits of a file's digest in its address. */
const DIGEST_DIGITS = 16;

/** A file that the page loads. */
export interface Asset {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
  /** Changes with the bytes, so that what a browser keeps under an address never goes stale. */
  readonly digest: string;
  /** The bytes packed, which is done once, when somebody asks for them first. */
  packed(): Promise<Buffer>;
}

/** Files of installed packages; the page takes nothing from other servers. */
const INSTALLED = [
  { from: 'react', path: 'umd/react.production.min.js' },
  { from: 'react-dom', path: 'umd/react-dom.production.min.js' },
  { from: 'graphiql', path: 'graphiql.min.js' },
  { from: 'graphiql', path: 'graphiql.min.css' },
] as const;

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** Everything that the page loads, by name. An incomplete installation fails here, at the start. */
export async function graphiqlAssets(): Promise<ReadonlyMap<string, Asset>> {
  const require = createRequire(import.meta.url);
  const installed = INSTALLED.map(async ({ from, path }) => {
    // Not every package lets its single files be resolved, but each shows where it is.
    const folder = dirname(require.resolve(`${from}/package.json`));
    return asset(path.slice(path.lastIndexOf('/') + 1), await readFile(join(folder, path)));
  });
  const own = [
    asset('page.js', Buffer.from(GRAPHIQL_SCRIPT)),
    asset('page.css', Buffer.from(GRAPHIQL_STYLE)),
  ];
  const all = [...(await Promise.all(installed)), ...own];
  return new Map(all.map((each) => [each.name, each]));
}

export function asset(name: string, bytes: Buffer): Asset {
  let packing: Promise<Buffer> | undefined;
  return {
    name,
    type: TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/html; charset=utf-8',
    bytes,
    digest: createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_DIGITS),
    packed: () => {
      packing ??= promisify(gzip)(bytes);
      return packing;
    },
  };
}

import { expect, test } from 'vitest';
import type { LineageStore } from '../../../src/ports/lineage-store.ts';
import { ALL, type Fresh, nodeRow, record } from './lineage-rows.ts';

/** Names, each with texts that find it. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  'resnet50-ImageNet': ['resnet50-ImageNet', 'RESNET', 'net50-im', 'net', '0-I'],
  'say "hello" twice': ['"hello"', '"he', 'lo" '],
  "it's NOT alpha AND beta": ["t's", 'NOT alpha', 'alpha and beta', ' AND '],
  'alpha OR (beta)*': ['OR (', '(beta)*', 'a)*', 'alpha or'],
  'name:train^2 -fast +slow': ['name:', '^2 -', '+slow', 'name:train^2'],
  'NEAR(one two, 3)': ['NEAR(', 'two, 3)', 'near(one'],
  'acc_100%': ['100%', 'acc_', 'c_1'],
  'back\\slash/slash': ['\\slash', '/slash', 'k\\s'],
  'a{b}[c]?!~`$&|;<>': ['{b}[c]', '?!~', '`$&|', ';<>'],
  'Größe der Menge': ['größe', 'ÖßE', 'GRÖ', 'öße'],
  'МОДЕЛЬ версии 2': ['модель', 'Версии', 'ель в'],
  日本語モデル: ['日本語', '語モデ', 'モデル'],
  نموذج: ['نمو', 'موذج'],
  'lab 🧪🧬🔬 three': ['🧪🧬🔬', 'b 🧪', '🔬 t'],
  'e\u0301te\u0301 combined': ['e\u0301t', 'te\u0301'],
  'wait... what *** said """ and \'\'\'': ['...', '***', '"""', "'''", '...'],
  'tab\there and\nthere': ['b\th', 'd\nt'],
};

/** Texts that would find something if a part of them were an operator or a wildcard. */
const NOT_FOUND = [
  'resnet*',
  'res%50',
  'res_et',
  'alpha OR beta',
  'resnet OR модель',
  'NOT nothing',
  'name : train',
  '"resnet50"',
  'NEAR(resnet50 ImageNet)',
  'rеsnet',
  '\u00E9t\u00E9',
  'res\u0000net',
  'res\uD800net',
  '....',
  '****',
  '(((',
];

export function describeSearch(fresh: Fresh): void {
  test('every substring of a name finds it in any case, its signs as plain text', async () => {
    const store = await withNames(fresh);
    for (const [name, texts] of Object.entries(FOUND)) {
      for (const text of texts) expect(await search(store, text), text).toContain(name);
    }
  });

  test('operators, wildcards and look-alikes find nothing', async () => {
    const store = await withNames(fresh);
    for (const text of NOT_FOUND) expect(await search(store, text), text).toEqual([]);
  });

  test('a search finds what contains all of the text in one piece', async () => {
    const store = await (await fresh()).open();
    const names = ['train resnet', 'resnet train', 'train-resnet', 'TRAIN RESNET 2'];
    await record(store, { nodes: names.map((name, n) => nodeRow(`run_${n}`, { name })) });
    expect(await search(store, 'train res')).toEqual(['train resnet', 'TRAIN RESNET 2']);
  });

  test('a search keeps to the scope, the kinds and the page', async () => {
    const store = await (await fresh()).open();
    const nodes = Array.from({ length: 30 }, (_, n) =>
      nodeRow(`run_${10 + n}`, {
        name: `resnet number ${n}`,
        kind: n % 2 === 0 ? 'RUN' : 'MODEL',
        project: n % 3 === 0 ? 'proj_a' : 'proj_b',
        since: n,
      }),
    );
    await record(store, { nodes });
    const scope = { all: false, projects: ['proj_a'] } as const;
    const query = { scope, kinds: ['RUN'], text: 'ResNet', order: 'recent' } as const;
    const expected = nodes.filter((_, n) => n % 6 === 0).reverse();
    expect(await store.list({ ...query, limit: 100 })).toEqual(expected);
    const first = await store.list({ ...query, limit: 2 });
    const second = await store.list({ ...query, limit: 2, after: first.at(-1) });
    expect([...first, ...second]).toEqual(expected.slice(0, 4));
  });
}

async function search(store: LineageStore, text: string): Promise<string[]> {
  const rows = await store.list({ scope: ALL, order: 'id', text, limit: 100 });
  return rows.map(({ name }) => name);
}

async function withNames(fresh: Fresh): Promise<LineageStore> {
  const store = await (await fresh()).open();
  const names = Object.keys(FOUND);
  await record(store, { nodes: names.map((name, n) => nodeRow(`run_${10 + n}`, { name })) });
  return store;
}

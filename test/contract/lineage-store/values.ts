import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/values/value.ts';
import { INDEXED_TEXT_LENGTH_MAX } from '../../../src/ports/lineage-store.ts';
import { ACTOR, ALL, edgeRow, type Fresh, factRow, nodeRow, record } from './lineage-rows.ts';

const ODD_TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['right to left', 'نموذج \u202Eabc\u202C מודל'],
  ['astral', '🧪 𝔘𝔫𝔦 👩‍🔬 🇩🇪'],
  ['combining', 'e\u0301 \u0323a\u0308'],
  ['noncharacters', 'a\uFFFFb\uFFFEc\u{1FFFF}d'],
  ['a byte order mark', '\uFEFFbom'],
  ['controls', '\u0001\u001E\u001F\u007F\u0085\t\r\n'],
  ['quotes and backslashes', `'"\`\\ \\u0000 '' ""`],
  ['spaces at the ends', '  name  '],
  ['wildcards', '%_*?[a-z]{}()'],
  ['the last code points of each UTF-8 length', '\u007F\u07FF\uD7FF\uE000\u{10FFFF}'],
  ['one that the hub tags', '~u0000 ~i12 ~~'],
];

export function describeValues(fresh: Fresh): void {
  test.each(ODD_TEXTS)('a text comes back exactly: %s', async (_, text) => {
    const store = await (await fresh()).open();
    const node = nodeRow('run_a', {
      name: text,
      project: text,
      identifiers: [`scheme:${text}`],
      props: { [text]: text, list: [text] },
    });
    const fact = {
      type: text,
      subject: text,
      projects: [text],
      leaf: new TextEncoder().encode(JSON.stringify(text)),
      idempotency: { actor: ACTOR, operation: text, key: text } as const,
    };
    await record(store, { fact, nodes: [node] });
    expect(await store.get(['run_a'])).toEqual([node]);
    const page = { scope: ALL, order: 'id', limit: 10 } as const;
    expect(await store.list({ ...page, name: text })).toEqual([node]);
    expect(await store.list({ ...page, project: text })).toEqual([node]);
    expect(await store.list({ ...page, identifiers: [`scheme:${text}`] })).toEqual([node]);
    const found = { subject: text, types: [text], project: text, order: 'oldest' } as const;
    const scope = { all: false, projects: [text] } as const;
    expect(await store.facts({ ...found, scope, limit: 10 })).toEqual([factRow(0, fact)]);
    await store.transact(async (tx) => {
      const { idempotency } = await tx.load({
        nodes: [],
        edges: [],
        out: [],
        into: [],
        idempotency: [fact.idempotency],
      });
      expect(idempotency[0]?.index).toBe(0);
    });
  });

  test('numbers, tagged values and deep JSON come back exactly', async () => {
    const store = await (await fresh()).open();
    let deep: JsonObject = { end: true };
    for (let n = 0; n < 40; n += 1) deep = n % 2 === 0 ? { in: deep } : { in: [deep, null] };
    const props: JsonObject = {
      numbers: [0, -1, 0.1, 1e-7, 1e21, 5e-324, 1.7976931348623157e308],
      safe: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
      tagged: ['~i123456789012345678901234567890', '~zNaN', '~z-INF', '~d-0', '~u005cd800'],
      nothing: [null, [], {}, ''],
      nul: 'before\u0000after',
      '': 'the empty key',
      'a.b': 'a dot',
      $ref: 'a dollar',
      constructor: 'a name of JavaScript',
      deep,
    };
    const [since, last] = [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER];
    const node = nodeRow('run_a', { props, since, last });
    const edge = { ...edgeRow('USED run_a dsv_b'), since, until: last };
    await record(store, { nodes: [node], edges: [edge] });
    expect(await store.get(['run_a'])).toEqual([node]);
    expect(JSON.stringify((await store.get(['run_a']))[0]?.props)).toBe(JSON.stringify(props));
    expect(await store.edges({ history: 'all', limit: 10 })).toEqual([edge]);
  });

  test('any JSON comes back exactly', async () => {
    const store = await (await fresh()).open();
    let run = 0;
    const json = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'binary' }), json), async (drawn) => {
        run += 1;
        // JSON.stringify writes -0 as 0; the domain tags it before it comes here.
        const props = JSON.parse(JSON.stringify(drawn)) as JsonObject;
        const node = nodeRow(`run_${run}`, { props });
        await record(store, { nodes: [node] });
        const [back] = await store.get([node.id]);
        expect(JSON.stringify(back?.props)).toBe(JSON.stringify(props));
      }),
      { numRuns: 60 },
    );
  });

  test('leaves and sidecars come back byte for byte', async () => {
    const store = await (await fresh()).open();
    const every = Uint8Array.from({ length: 256 }, (_, n) => n);
    const large = new Uint8Array(65_535).fill(7);
    const sidecar = [
      { person: 'act:b', box: every },
      { person: 'act:a', box: new Uint8Array(0) },
      { person: 'act:b', box: every.subarray(3, 9) },
    ] as const;
    await record(store, { fact: { leaf: every.subarray(10, 200), sidecar } });
    await record(store, { fact: { leaf: large } });
    await record(store, { fact: { leaf: new Uint8Array(0) } });
    const rows = await store.facts({ order: 'oldest', limit: 10, scope: ALL });
    expect(rows.map(({ leaf }) => Buffer.from(leaf).toString('hex'))).toEqual([
      Buffer.from(every.subarray(10, 200)).toString('hex'),
      Buffer.from(large).toString('hex'),
      '',
    ]);
    const boxes = rows[0]?.sidecar.map(({ person, box }) => [person, [...box]]);
    expect(boxes).toEqual(sidecar.map(({ person, box }) => [person, [...box]]));
    expect(rows[1]?.sidecar).toEqual([]);
  });

  test('bytes that were given are still the giver’s', async () => {
    const store = await (await fresh()).open();
    const leaf = Buffer.from('{"kept":true}');
    const box = new Uint8Array([1, 2, 3]);
    await record(store, { fact: { leaf, sidecar: [{ person: ACTOR, box }] } });
    expect(leaf.toString()).toBe('{"kept":true}');
    expect([...box]).toEqual([1, 2, 3]);
  });

  test('ids, names and identifiers that differ in case or form are different', async () => {
    const store = await (await fresh()).open();
    const texts = ['run_x', 'run_X', 'run_x ', 'run_\u00E9', 'run_e\u0301'];
    const nodes = texts.map((text) => nodeRow(text, { name: text, identifiers: [`s:${text}`] }));
    await record(store, { nodes });
    const page = { scope: ALL, order: 'id', limit: 10 } as const;
    for (const [n, text] of texts.entries()) {
      expect(await store.get([text])).toEqual([nodes[n]]);
      expect(await store.list({ ...page, name: text })).toEqual([nodes[n]]);
      expect(await store.list({ ...page, identifiers: [`s:${text}`] })).toEqual([nodes[n]]);
    }
    expect(await store.get(['RUN_X', 'run_x\0'])).toEqual([null, null]);
    expect(await store.list({ ...page, name: 'run_x\0' })).toEqual([]);
  });

  test('a text of the greatest length is kept and found', async () => {
    const store = await (await fresh()).open();
    const long = '\u6587'.repeat(INDEXED_TEXT_LENGTH_MAX);
    const node = nodeRow('run_a', { name: long, identifiers: [long] });
    await record(store, { nodes: [node] });
    const page = { scope: ALL, order: 'id', limit: 10 } as const;
    expect(await store.list({ ...page, name: long })).toEqual([node]);
    expect(await store.list({ ...page, identifiers: [long] })).toEqual([node]);
  });

  test('an empty name is a name', async () => {
    const store = await (await fresh()).open();
    const nodes = ['run_a', 'run_b'].map((id) => nodeRow(id, { name: '' }));
    await record(store, { nodes });
    expect(await store.get(['run_a', 'run_b'])).toEqual(nodes);
    expect(await store.list({ scope: ALL, order: 'id', name: '', limit: 10 })).toEqual(nodes);
  });
}

import { describe, expect, it } from 'vitest';
import { QUERY_DEPTH_MAX, QUERY_LENGTH_MAX, QueryDocuments } from './query-documents.ts';
import { loadWandbSchema } from './wandb-schema.ts';

const documents = () => new QueryDocuments(loadWandbSchema());

describe('query documents', () => {
  it('are read once', () => {
    const kept = documents();
    const text = '#graphql\nquery Viewer { viewer { id } }';
    expect(kept.get(text)).toBe(kept.get(text));
    expect(kept.get(text).operation.name?.value).toBe('Viewer');
  });

  it('name the operation that the hub does not serve', () => {
    const text = 'mutation UpsertSweep { upsertSweep(input: {}) { sweep { name } } }';
    expect(() => documents().get(text)).toThrow(
      /does not serve the mutation UpsertSweep .*upsertSweep/,
    );
  });

  it('hold exactly one operation', () => {
    const two = 'query A { viewer { id } } query B { viewer { id } }';
    expect(() => documents().get(two)).toThrow(/one operation, not 2/);
    expect(() => documents().get('fragment F on User { id }')).toThrow(/not 0/);
  });

  it('are bounded in length, tokens and depth', () => {
    const kept = documents();
    expect(() => kept.get(`#${'x'.repeat(QUERY_LENGTH_MAX)}`)).toThrow(/at most 65536 characters/);
    expect(() => kept.get(`{ viewer { ${'id '.repeat(5_000)} } }`)).toThrow(/GraphQL query/);
    const nest = (depth: number): string =>
      depth === 0 ? 'id' : `project { run(name: "r") { ${nest(depth - 1)} } }`;
    const deep = `{ project(name: "p") { run(name: "r") { ${nest(QUERY_DEPTH_MAX)} } } }`;
    expect(() => kept.get(deep)).toThrow(/nests at most/);
  });

  it('that unfold to millions of fields are refused at once', () => {
    const fragments = Array.from(
      { length: 12 },
      (_, at) => `fragment F${at} on Project { a: run(name: "a") { project { ...F${at + 1} } }
        b: run(name: "b") { project { ...F${at + 1} } } }`,
    );
    const bomb = `{ project { ...F0 } } ${fragments.slice(0, 9).join(' ')}
      fragment F9 on Project { id }`;
    expect(() => documents().get(bomb)).toThrow(/nests at most|at most 1000 fields/);
    const fields = Array.from({ length: 600 }, (_, at) => `a${at}: id`);
    const wide = `{ project { ${fields.join(' ')} } }`;
    expect(documents().get(wide).operation.operation).toBe('query');
  });

  it('that are no GraphQL are refused', () => {
    expect(() => documents().get('{')).toThrow(/not a GraphQL query/);
  });
});

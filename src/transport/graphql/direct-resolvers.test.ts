import { isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildHubSchema } from './hub-schema.ts';

describe('fields of nodes', () => {
  const fields = Object.values(buildHubSchema().getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => ['Run', 'ModelVersion', 'DatasetVersion', 'Project'].includes(name))
    .flatMap((type) => Object.values(type.getFields()));
  const node = { id: 'run_1', kind: 'RUN', project: 'prj_1', name: 'a' };

  test('without arguments resolve by a method that gets the node and the context', () => {
    const resolved = fields.filter(({ args, resolve }) => args.length === 0 && resolve);
    expect(resolved.length).toBeGreaterThan(20);
    const asked: unknown[] = [];
    const context = {
      loaders: { known: { get: (id: unknown) => asked.push(id) && { id, props: {}, name: 'x' } } },
      notes: { opened: () => undefined },
    };
    const group = fields.find(({ name }) => name === 'group');
    expect(group?.resolve?.(node, {}, context as never, {} as never)).toBeNull();
    expect(asked).toEqual(['run_1']);
  });

  test('with arguments keep the call that reads and checks them', () => {
    const lineage = fields.find(({ name }) => name === 'lineage');
    expect(lineage?.args.length).toBeGreaterThan(0);
    expect(lineage?.resolve?.toString()).toContain('resolverData');
  });
});

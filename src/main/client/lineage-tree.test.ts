import { describe, expect, it } from 'vitest';
import { lineageTree, type Walk, type WalkEdge, type WalkNode } from './lineage-tree.ts';

const project = { path: 'main/churn' };

function node(id: string, kind: string): WalkNode {
  return { __typename: 'Any', id, kind, name: id, project };
}

function walk(nodes: WalkNode[], depths: number[], edges: WalkEdge[]): Walk {
  return { nodes, depths, edges, truncated: false, frontier: [] };
}

describe('lineage as a tree', () => {
  it('goes the way of the walk', () => {
    const edges = [
      { kind: 'WAS_GENERATED_BY', from: 'net', to: 'train' },
      { kind: 'USED', from: 'train', to: 'data' },
    ];
    const [net, train, data] = [
      node('net', 'MODEL_VERSION'),
      node('train', 'RUN'),
      node('data', 'DATASET_VERSION'),
    ];
    expect(lineageTree(walk([net, train, data], [0, 1, 2], edges), 'UPSTREAM')).toEqual([
      'model version main/churn/net',
      '  WAS_GENERATED_BY run main/churn/train',
      '    USED dataset version main/churn/data',
    ]);
    expect(lineageTree(walk([data, train, net], [0, 1, 2], edges), 'DOWNSTREAM')).toEqual([
      'dataset version main/churn/data',
      '  USED run main/churn/train',
      '    WAS_GENERATED_BY model version main/churn/net',
    ]);
  });

  it('tells what several ways lead to in full once, where the way is shortest', () => {
    const nodes = ['root', 'left', 'right', 'shared', 'end'].map((id) => node(id, 'RUN'));
    const edge = (from: string, to: string) => ({ kind: 'USED', from, to });
    const edges = [
      edge('root', 'left'),
      edge('root', 'right'),
      edge('left', 'right'),
      edge('right', 'shared'),
      edge('left', 'shared'),
      edge('shared', 'end'),
      { kind: 'WAS_DERIVED_FROM', from: 'shared', to: 'end' },
    ];
    expect(lineageTree(walk(nodes, [0, 1, 1, 2, 3], edges), 'UPSTREAM')).toEqual([
      'run main/churn/root',
      '  USED run main/churn/left',
      '    USED run main/churn/right (see its other place)',
      '    USED run main/churn/shared',
      '      USED+WAS_DERIVED_FROM run main/churn/end',
      '  USED run main/churn/right',
      '    USED run main/churn/shared (see its other place)',
    ]);
  });

  it('says where something may not be read', () => {
    const hidden = {
      __typename: 'Restricted',
      id: 'restricted_x',
      kind: 'RUN',
      name: 'restricted',
    };
    const edges = [{ kind: 'WAS_GENERATED_BY', from: 'data', to: 'restricted_x' }];
    const tree = lineageTree(walk([node('data', 'DATASET'), hidden], [0, 1], edges), 'UPSTREAM');
    expect(tree).toEqual([
      'dataset main/churn/data',
      '  WAS_GENERATED_BY restricted: run or more that you may not read',
    ]);
  });

  it('is as deep as a walk may go, and ends where edges lead in a circle', () => {
    const nodes = Array.from({ length: 1001 }, (_, at) => node(`n${at}`, 'RUN'));
    const edges = nodes.map(({ id }, at) => ({
      kind: 'USED',
      from: id,
      to: `n${(at + 1) % nodes.length}`,
    }));
    const depths = nodes.map((_, at) => at);
    const tree = lineageTree(walk(nodes, depths, edges), 'UPSTREAM');
    expect(tree).toHaveLength(1002);
    expect(tree.at(-1)).toMatch(/^ {2002}USED run main\/churn\/n0 \(see its other place\)$/);
  });

  it('of nothing is empty', () => {
    expect(lineageTree(walk([], [], []), 'UPSTREAM')).toEqual([]);
  });
});
